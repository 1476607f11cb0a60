/** A note as it is typed: what stands on the screen, what the server has, what is on its way. Pure. Sends nothing twice and drops no word: a save is the same operation until it is answered. */
import type { NoteView, SavedNote, SaveNote } from '#contract/notes.ts';
import { assertNever } from '#contract/result.ts';

export type KeptNote = Extract<NoteView, { readonly state: 'kept' }>;
export type SlipNote = Extract<NoteView, { readonly state: 'destroyed' }>;

export interface NoteDraft {
  readonly phase: 'loading' | 'ready' | 'destroyed' | 'hidden' | 'failed';
  /** What stands on the screen. */
  readonly text: string;
  /** What the text was begun from: the newest the server and this device both knew. */
  readonly base: { readonly revision: number; readonly text: string };
  /** On its way, or waiting to be sent again with the same id. */
  readonly saving: SaveNote | null;
  readonly isOffline: boolean;
  /** What another device had to do with the last save. */
  readonly news: 'none' | 'merged' | 'merged-both';
  readonly isTooLong: boolean;
  /** As the server last told it. */
  readonly kept: Omit<KeptNote, 'text'> | null;
  readonly slip: SlipNote | null;
}

export type NoteEvent =
  | { readonly type: 'loaded'; readonly view: NoteView }
  | { readonly type: 'load-failed' }
  | { readonly type: 'typed'; readonly text: string }
  /** The pause after the last key is over, or the network is back: save what there is. `operationId` is fresh. */
  | { readonly type: 'save-due'; readonly operationId: string }
  | { readonly type: 'saved'; readonly operationId: string; readonly saved: SavedNote }
  /** No answer: the same operation is sent again. */
  | { readonly type: 'save-lost'; readonly operationId: string }
  | { readonly type: 'save-refused'; readonly operationId: string; readonly refusal: 'destroyed' | 'too-long' | 'hidden' }
  /** The instant has come; nothing is shown from here on. */
  | { readonly type: 'ended'; readonly at: string };

export type NoteEffect = { readonly type: 'send'; readonly save: SaveNote } | { readonly type: 'wait-for-pause' } | { readonly type: 'send-again-later'; readonly save: SaveNote };

/** What a device may keep over a refresh while it is not saved. */
export interface UnsavedDraft {
  readonly text: string;
  readonly base: NoteDraft['base'];
  readonly saving: SaveNote | null;
}

export function beginDraft(unsaved: UnsavedDraft | null): NoteDraft {
  return { phase: 'loading', text: unsaved?.text ?? '', base: unsaved?.base ?? { revision: 0, text: '' }, saving: unsaved?.saving ?? null, isOffline: false, news: 'none', isTooLong: false, kept: null, slip: null };
}

export const isUnsaved = (draft: NoteDraft): boolean => draft.text !== draft.base.text || draft.saving !== null;

export function stepDraft(draft: NoteDraft, event: NoteEvent, callId: SaveNote['callId']): { readonly draft: NoteDraft; readonly effects: readonly NoteEffect[] } {
  switch (event.type) {
    case 'loaded':
      return load(draft, event.view);
    case 'load-failed':
      return stay(draft.phase === 'loading' ? { ...draft, phase: 'failed' } : draft);
    case 'typed':
      if (draft.phase !== 'ready') return stay(draft);
      return { draft: { ...draft, text: event.text, isTooLong: false, news: 'none' }, effects: [{ type: 'wait-for-pause' }] };
    case 'save-due': {
      if (draft.phase !== 'ready' || draft.isTooLong) return stay(draft);
      // One at a time: what was typed meanwhile goes with the next.
      if (draft.saving !== null) return draft.isOffline ? { draft: { ...draft, isOffline: false }, effects: [{ type: 'send', save: draft.saving }] } : stay(draft);
      if (draft.text === draft.base.text) return stay(draft);
      const save: SaveNote = { callId, operationId: event.operationId, baseRevision: draft.base.revision, baseText: draft.base.text, text: draft.text };
      return { draft: { ...draft, saving: save }, effects: [{ type: 'send', save }] };
    }
    case 'saved':
      return draft.saving?.operationId === event.operationId ? takeSaved(draft, draft.saving, event.saved) : stay(draft);
    case 'save-lost':
      if (draft.saving?.operationId !== event.operationId) return stay(draft);
      return { draft: { ...draft, isOffline: true }, effects: [{ type: 'send-again-later', save: draft.saving }] };
    case 'save-refused':
      if (draft.saving?.operationId !== event.operationId) return stay(draft);
      switch (event.refusal) {
        case 'destroyed':
          return stay(forget(draft, 'destroyed'));
        case 'hidden':
          return { draft: { ...draft, isOffline: true }, effects: [{ type: 'send-again-later', save: draft.saving }] };
        case 'too-long':
          return stay({ ...draft, saving: null, isTooLong: true });
        default:
          return assertNever(event.refusal);
      }
    case 'ended':
      return stay({ ...forget(draft, 'destroyed'), slip: draft.slip ?? { state: 'destroyed', callId, destroyedAt: event.at, receiptId: null } });
    default:
      return assertNever(event);
  }
}

const stay = (draft: NoteDraft): { readonly draft: NoteDraft; readonly effects: readonly NoteEffect[] } => ({ draft, effects: [] });

function forget(draft: NoteDraft, phase: 'destroyed' | 'hidden'): NoteDraft {
  return { ...draft, phase, text: '', base: { revision: draft.base.revision, text: '' }, saving: null, isOffline: false, kept: phase === 'destroyed' ? null : draft.kept };
}

function load(draft: NoteDraft, view: NoteView): { readonly draft: NoteDraft; readonly effects: readonly NoteEffect[] } {
  switch (view.state) {
    case 'destroyed':
      return stay({ ...forget(draft, 'destroyed'), slip: view });
    case 'hidden':
      return stay({ ...draft, phase: 'hidden' });
    case 'none':
    case 'kept': {
      const kept = view.state === 'kept' ? withoutText(view) : null;
      const ready: NoteDraft = { ...draft, phase: 'ready', kept };
      if (!isUnsaved(draft)) {
        // An answer that was overtaken by a newer one.
        if (view.state === 'kept' && view.revision < draft.base.revision) return stay({ ...draft, phase: 'ready' });
        return stay(view.state === 'kept' ? { ...ready, text: view.text, base: { revision: view.revision, text: view.text } } : ready);
      }
      // What is unsaved here is merged by the server when it is saved: the base stays what it was begun from.
      return { draft: ready, effects: draft.saving === null ? [{ type: 'wait-for-pause' }] : draft.phase === 'ready' ? [] : [{ type: 'send', save: draft.saving }] };
    }
    default:
      return assertNever(view);
  }
}

function takeSaved(draft: NoteDraft, sent: SaveNote, { note, outcome }: SavedNote): { readonly draft: NoteDraft; readonly effects: readonly NoteEffect[] } {
  if (note.state === 'destroyed') return stay({ ...forget(draft, 'destroyed'), slip: note });
  if (note.state === 'hidden') return stay({ ...draft, phase: 'hidden', saving: null });
  const stored = note.state === 'kept' ? note.text : '';
  const revision = note.state === 'kept' ? note.revision : 0;
  const done: NoteDraft = { ...draft, saving: null, isOffline: false, kept: note.state === 'kept' ? withoutText(note) : null, news: outcome === 'merged' || outcome === 'merged-both' ? outcome : draft.news };
  if (draft.text === sent.text) return stay({ ...done, text: stored, base: { revision, text: stored } });
  // More was typed meanwhile. If the server has something else than what was sent, the next save must be merged into it: it goes out with the old
  // revision, as a change to what was sent.
  const base = stored === sent.text ? { revision, text: stored } : { revision: Math.min(sent.baseRevision, revision - 1), text: sent.text };
  return { draft: { ...done, base }, effects: [{ type: 'wait-for-pause' }] };
}

function withoutText({ text: _text, ...kept }: KeptNote): Omit<KeptNote, 'text'> {
  return kept;
}
