import { expect, test } from 'vitest';
import { dialRefusalSchema, endReasonSchema } from '#contract/calls.ts';
import { en } from '../../messages/en/en.ts';
import type { EndFacts } from '../../messages/sentence.ts';
import { endSteps, refusalSteps } from './end-steps.ts';

const facts: EndFacts = { who: 'Rosalind', line: 'Lakeside Clinic', rangSeconds: 31, wasAnswered: false };
const ends = endReasonSchema.options.map((reason) => ({ reason, ...en.endReasons[reason](facts), step: endSteps[reason] }));
const refusals = dialRefusalSchema.options.map((refusal) => ({ refusal, ...en.refusals[refusal]({ place: 'Switzerland' }), step: refusalSteps[refusal] }));
const microphone = Object.values(en.microphone);

test('every end and every refusal has a sentence and a next step of its own', () => {
  for (const group of [ends, refusals, microphone]) {
    expect(new Set(group.map(({ title, text }) => `${title} ${text}`)).size).toBe(group.length);
    expect(new Set(group.map(({ next }) => next)).size).toBe(group.length);
  }
});

test('no sentence shouts, apologises or holds a code', () => {
  for (const { title, text, next } of [...ends, ...refusals, ...microphone]) expect(`${title} ${text} ${next}`).not.toMatch(/!|\b(?:please|sorry|oops|error|successfully|SIP|[45]\d\d)\b/i);
});

test('what cannot help is not offered: no second call to a number that is not in service', () => {
  for (const reason of ['not-in-service', 'number-changed', 'number-incomplete', 'blocked'] as const) expect(endSteps[reason]).not.toBe('call-again');
});

test('an unanswered call says how long it rang', () => {
  expect(en.endReasons['no-answer'](facts).title).toBe('No answer after 31 seconds.');
  expect(en.endReasons['no-answer']({ ...facts, rangSeconds: 1 }).title).toBe('No answer after 1 second.');
  expect(en.endReasons.cancelled({ ...facts, rangSeconds: null }).text).toBe('It had not rung yet.');
});
