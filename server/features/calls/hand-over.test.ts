/** The hand-over between two devices: whoever is heard lets go only when the other is. */
import { describe, expect, test } from 'vitest';
import type { CallId, DeviceId, E164, LineId, MemberId, PracticeId } from '#contract/ids.ts';
import { defaultCallLimits, type Call, type CallEvent } from './call-facts.ts';
import { startCall, stateOf, stepCall } from './call-machine.ts';
import { viewOfCall } from './call-view-policy.ts';

const LAPTOP = '018f0000-0000-7000-8000-00000000000d' as DeviceId;
const TABLET = '018f0000-0000-7000-8000-00000000000e' as DeviceId;
const WATCHER = '018f0000-0000-7000-8000-00000000000f' as DeviceId;
const NAMES = new Map([[LAPTOP, 'laptop'], [TABLET, 'tablet'], [WATCHER, 'third']]);

const taken = (deviceId: DeviceId): CallEvent => ({ type: 'device-negotiated', deviceId, requestId: 'r', answer: 'sdp' });
const connected: CallEvent = { type: 'device-connected' };

function run(...events: readonly CallEvent[]): Call {
  let { call } = startCall({
    id: '018f0000-0000-7000-8000-000000000001' as CallId, practiceId: '018f0000-0000-7000-8000-000000000002' as PracticeId, memberId: '018f0000-0000-7000-8000-000000000003' as MemberId, onBehalfOf: null,
    number: '+16125550123' as E164, partyName: null, line: { id: '018f0000-0000-7000-8000-000000000004' as LineId, name: 'Lakeside Clinic', number: '+16125550100' as E164 },
    trunks: ['sandbox'], sandbox: true, limits: defaultCallLimits, deviceId: LAPTOP, requestId: 'dial', mediaAnswer: 'sdp',
  }, 0);
  for (const [at, event] of events.entries()) ({ call } = stepCall(call, event, at + 1));
  return call;
}

const talking = [connected, { type: 'party-answered', answer: 'sdp' }] as const;
const situations = {
  /** The laptop is heard; the tablet's transport is being made. */
  taking: run(...talking, taken(TABLET)),
  /** The laptop is not heard any more: there is nothing to wait for. */
  takingFromSilent: run(...talking, { type: 'device-silent' }, taken(TABLET)),
  done: run(...talking, taken(TABLET), connected),
};

function outcome(call: Call, event: CallEvent): string {
  const { call: next, effects } = stepCall(call, event, 100_000);
  const { id, media, signal, takesFrom } = next.device;
  const replaced = effects.flatMap((effect) => (effect.type === 'tell-replaced' ? [`, ${NAMES.get(effect.deviceId)!} let go`] : []));
  return `${stateOf(next)}: ${NAMES.get(id)!} ${signal} ${media}${takesFrom === null ? '' : ` from ${NAMES.get(takesFrom)!}`}${replaced.join('')}`;
}

describe.each([
  ['the tablet is heard', connected, { taking: 'talking: tablet here flowing, laptop let go', takingFromSilent: 'talking: tablet here flowing', done: 'talking: tablet here flowing' }],
  ['silence is told', { type: 'device-silent' }, { taking: 'talking: tablet here connecting from laptop', takingFromSilent: 'talking: tablet here connecting', done: 'reconnecting: tablet here silent' }],
  ['the tablet is not heard in time', { type: 'timer', timer: 'device-connect' }, { taking: 'talking: laptop here flowing', takingFromSilent: 'reconnecting: tablet here silent', done: 'talking: tablet here flowing' }],
  ['the tablet goes', { type: 'device-left', deviceId: TABLET }, { taking: 'talking: laptop here flowing', takingFromSilent: 'reconnecting: tablet away connecting', done: 'reconnecting: tablet away flowing' }],
  ['the laptop goes', { type: 'device-left', deviceId: LAPTOP }, { taking: 'talking: tablet here connecting', takingFromSilent: 'talking: tablet here connecting', done: 'talking: tablet here flowing' }],
  ['the laptop takes it back', taken(LAPTOP), { taking: 'talking: laptop here connecting, tablet let go', takingFromSilent: 'talking: laptop here connecting, tablet let go', done: 'talking: laptop here connecting from tablet' }],
  ['the tablet offers again', taken(TABLET), { taking: 'talking: tablet here connecting from laptop', takingFromSilent: 'talking: tablet here connecting', done: 'talking: tablet here connecting' }],
  ['a third one takes it', taken(WATCHER), { taking: 'talking: third here connecting from laptop, tablet let go', takingFromSilent: 'talking: third here connecting, tablet let go', done: 'talking: third here connecting from tablet' }],
] as const satisfies readonly (readonly [string, CallEvent, Record<keyof typeof situations, string>])[])('when %s', (_name, event, wanted) => {
  test.each(Object.entries(wanted))('%s', (situation, said) => expect(outcome(situations[situation as keyof typeof situations], event)).toBe(said));
});

test('to both it is their own call until one has let go, and to nobody else', () => {
  const seen = (call: Call): string[] => [LAPTOP, TABLET, WATCHER].map((device) => viewOfCall(call, device).carriedBy);
  expect(seen(situations.taking)).toEqual(['this-device', 'this-device', 'another-device']);
  expect(seen(situations.done)).toEqual(['another-device', 'this-device', 'another-device']);
});
