/** Typing, losing the network, another device: no word is lost and nothing is sent as two. */
import { expect, test } from 'vitest';
import fc from 'fast-check';
import type { CallId, MemberId } from '#contract/ids.ts';
import type { NoteView, SaveNote, SavedNote } from '#contract/notes.ts';
import { beginDraft, isUnsaved, stepDraft, type NoteDraft, type NoteEffect, type NoteEvent } from './note-draft-machine.ts';

const CALL = '01890000-0000-7000-8000-000000000001' as CallId;
const kept = (text: string, revision: number): NoteView => ({ state: 'kept', callId: CALL, text, revision, destroyedAt: '2026-12-01T12:00:00.000Z', isEndFinal: true, askToCopyAt: null, copiedAt: null, updatedAt: '2026-11-23T12:00:00.000Z', updatedBy: '01890000-0000-7000-8000-000000000002' as MemberId });

/** A server with one note, that applies an operation once and puts two devices' words one after the other. */
function server() {
  let text = '';
  let revision = 0;
  const applied = new Set<string>();
  return {
    text: () => text,
    view: (): NoteView => (revision === 0 ? { state: 'none', callId: CALL } : kept(text, revision)),
    save(save: SaveNote): SavedNote {
      if (applied.has(save.operationId)) return { note: kept(text, revision), outcome: 'already-saved' };
      applied.add(save.operationId);
      const isApart = save.baseRevision !== revision;
      const added = save.text.startsWith(save.baseText) ? save.text.slice(save.baseText.length) : save.text;
      text = isApart ? text + added : save.text;
      revision += 1;
      return { note: kept(text, revision), outcome: isApart ? 'merged' : 'saved' };
    },
  };
}

function device() {
  let draft: NoteDraft = beginDraft(null);
  let effects: NoteEffect[] = [];
  return {
    draft: () => draft,
    tell(event: NoteEvent): readonly NoteEffect[] {
      const stepped = stepDraft(draft, event, CALL);
      draft = stepped.draft;
      effects = [...stepped.effects];
      return effects;
    },
    restart() {
      draft = beginDraft(isUnsaved(draft) ? { text: draft.text, base: draft.base, saving: draft.saving } : null);
    },
  };
}

const sent = (effects: readonly NoteEffect[]): SaveNote | undefined => effects.flatMap((effect) => (effect.type === 'send' ? [effect.save] : []))[0];

test('what is typed is sent after the pause, once, with what it was begun from', () => {
  const it = device();
  it.tell({ type: 'loaded', view: kept('Hello', 3) });
  expect(it.tell({ type: 'typed', text: 'Hello there' })).toEqual([{ type: 'wait-for-pause' }]);
  const save = sent(it.tell({ type: 'save-due', operationId: 'a' }))!;
  expect(save).toEqual({ callId: CALL, operationId: 'a', baseRevision: 3, baseText: 'Hello', text: 'Hello there' });
  expect(it.tell({ type: 'save-due', operationId: 'b' })).toEqual([]);
  it.tell({ type: 'saved', operationId: 'a', saved: { note: kept('Hello there', 4), outcome: 'saved' } });
  expect(isUnsaved(it.draft())).toBe(false);
});

test('a save without an answer is sent again under the same id, after a refresh too', () => {
  const it = device();
  it.tell({ type: 'loaded', view: { state: 'none', callId: CALL } });
  it.tell({ type: 'typed', text: 'One' });
  const first = sent(it.tell({ type: 'save-due', operationId: 'a' }))!;
  expect(it.tell({ type: 'save-lost', operationId: 'a' })).toEqual([{ type: 'send-again-later', save: first }]);
  it.tell({ type: 'typed', text: 'One two' });
  expect(sent(it.tell({ type: 'save-due', operationId: 'b' }))).toEqual(first);
  it.restart();
  expect(it.draft().text).toBe('One two');
  expect(sent(it.tell({ type: 'loaded', view: { state: 'none', callId: CALL } }))).toEqual(first);
});

test('when the instant comes, nothing of the text is left, and nothing typed is taken', () => {
  const it = device();
  it.tell({ type: 'loaded', view: kept('Secret', 1) });
  it.tell({ type: 'typed', text: 'Secret more' });
  it.tell({ type: 'ended', at: '2026-12-01T12:00:00.000Z' });
  expect(JSON.stringify(it.draft())).not.toContain('Secret');
  it.tell({ type: 'typed', text: 'again' });
  expect(it.draft()).toMatchObject({ phase: 'destroyed', text: '' });
});

test('a note too long keeps what was typed and says so, until it is shorter', () => {
  const it = device();
  it.tell({ type: 'loaded', view: { state: 'none', callId: CALL } });
  it.tell({ type: 'typed', text: 'long' });
  it.tell({ type: 'save-due', operationId: 'a' });
  it.tell({ type: 'save-refused', operationId: 'a', refusal: 'too-long' });
  expect(it.draft()).toMatchObject({ text: 'long', isTooLong: true });
  expect(it.tell({ type: 'save-due', operationId: 'b' })).toEqual([]);
  it.tell({ type: 'typed', text: 'lon' });
  expect(sent(it.tell({ type: 'save-due', operationId: 'c' }))).toBeDefined();
});

test('two devices on a network that loses questions and answers end with every word once', () => {
  const action = fc.record({ which: fc.constantFrom(0, 1), what: fc.constantFrom('type', 'save', 'save', 'refresh', 'reload'), isQuestionLost: fc.boolean(), isAnswerLost: fc.boolean() });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const home = server();
      const devices = [device(), device()];
      const written: string[] = [];
      let operations = 0;
      for (const it of devices) it.tell({ type: 'loaded', view: home.view() });
      const save = (it: ReturnType<typeof device>, isQuestionLost: boolean, isAnswerLost: boolean): void => {
        const out = sent(it.tell({ type: 'save-due', operationId: `op-${operations++}` }));
        if (out === undefined) return;
        const answer = isQuestionLost ? undefined : home.save(out);
        if (answer === undefined || isAnswerLost) it.tell({ type: 'save-lost', operationId: out.operationId });
        else it.tell({ type: 'saved', operationId: out.operationId, saved: answer });
      };
      for (const { which, what, isQuestionLost, isAnswerLost } of actions) {
        const it = devices[which]!;
        if (what === 'type') {
          const word = ` w${written.length};`;
          written.push(word);
          it.tell({ type: 'typed', text: it.draft().text + word });
        } else if (what === 'save') save(it, isQuestionLost, isAnswerLost);
        else if (what === 'reload') it.tell({ type: 'loaded', view: home.view() });
        else {
          it.restart();
          const again = sent(it.tell({ type: 'loaded', view: home.view() }));
          if (again !== undefined) it.tell({ type: 'saved', operationId: again.operationId, saved: home.save(again) });
        }
      }
      for (let round = 0; round < 4; round += 1) for (const it of devices) save(it, false, false);
      return written.every((word) => home.text().split(word).length === 2) && devices.every((it) => !isUnsaved(it.draft()));
    }),
    { numRuns: 1_000 },
  );
});
