/** Runs one note's machine: saves after a pause, sends again when the network is back, looks for other devices' words, ends it at its instant. Outlives the screen that shows it. */
import { useEffect, useSyncExternalStore } from 'react';
import type { CallId } from '#contract/ids.ts';
import type { SaveNote } from '#contract/notes.ts';
import { api, isRefusal, isSignedOut } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';
import { emptyVault } from '../../api/tab-vault.ts';
import { beginDraft, isUnsaved, stepDraft, type NoteDraft, type NoteEffect, type NoteEvent } from './note-draft-machine.ts';
import { keepUnsaved, listUnsaved, readUnsaved } from './unsaved-drafts.ts';

const PAUSE_MS = 700;
const SEND_AGAIN_MS = 4_000;
/** Another device's words appear within this long. */
const LOOK_EVERY_MS = 10_000;
/** Timers past this are cut to nothing by browsers (2^31 ms). */
const LONGEST_TIMER_MS = 2_000_000_000;

export interface NoteKeeper {
  draft(): NoteDraft;
  subscribe(listener: () => void): () => void;
  type(text: string): void;
  /** Saves now instead of after the pause. */
  saveNow(): void;
  /** Looks at what the server has. */
  refresh(): Promise<void>;
  /** The words that stand here were copied to the chart. */
  markCopied(): void;
  /** Stops for good and lets go of the text: an answer still under way changes nothing any more. */
  forget(): void;
}

const keepers = new Map<CallId, NoteKeeper>();

/** The keeper of a call's note: one a call, for as long as the page lives or something is unsaved. */
export function noteKeeper(callId: CallId): NoteKeeper {
  const known = keepers.get(callId);
  if (known !== undefined) return known;
  const made = createKeeper(callId);
  keepers.set(callId, made);
  return made;
}

/** Sends what is not sent yet, and says after a moment whether anything was left: with no network, what a sign-out would lose. */
export async function sendNotes(withinMs: number): Promise<boolean> {
  const isLeft = (): boolean => listUnsaved().length > 0;
  resumeUnsaved();
  for (const keeper of keepers.values()) keeper.saveNow();
  if (!isLeft()) return true;
  await new Promise<void>((resolve) => {
    const until = setTimeout(resolve, withinMs);
    for (const keeper of keepers.values())
      keeper.subscribe(() => {
        if (isLeft()) return;
        clearTimeout(until);
        resolve();
      });
  });
  return !isLeft();
}

/** What a refresh found unsent goes out without its screen being opened: now, and again when the network is back. */
export function resumeUnsaved(): void {
  for (const callId of listUnsaved()) {
    const keeper = noteKeeper(callId as CallId);
    if (keeper.draft().phase !== 'ready') void keeper.refresh();
  }
}

/** At the end of the session, however it ended: nothing of any note stays in this page's memory, nor in what it kept for a refresh. */
export function forgetNotes(): void {
  for (const keeper of keepers.values()) keeper.forget();
  keepers.clear();
  emptyVault();
}

export function useNoteDraft(callId: CallId): { readonly draft: NoteDraft; readonly keeper: NoteKeeper } {
  const keeper = noteKeeper(callId);
  const draft = useSyncExternalStore(
    (listener) => keeper.subscribe(listener),
    () => keeper.draft(),
  );
  useEffect(() => {
    void keeper.refresh();
    const look = (): void => {
      if (document.visibilityState === 'visible') void keeper.refresh();
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
      // Leaving the screen is a pause too.
      keeper.saveNow();
    };
  }, [keeper]);
  return { draft, keeper };
}

function createKeeper(callId: CallId): NoteKeeper {
  let draft = beginDraft(readUnsaved(callId));
  const listeners = new Set<() => void>();
  let pause: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let end: ReturnType<typeof setTimeout> | undefined;
  let isForgotten = false;
  /** Words that were copied and that the server does not have yet. */
  let copied: string | null = null;

  const tell = (event: NoteEvent): void => {
    if (isForgotten) return;
    const before = draft;
    const stepped = stepDraft(draft, event, callId);
    draft = stepped.draft;
    for (const effect of stepped.effects) run(effect);
    if (draft === before) return;
    keepUnsaved(callId, isUnsaved(draft) ? { text: draft.text, base: draft.base, saving: draft.saving } : null);
    if (draft.kept?.destroyedAt !== before.kept?.destroyedAt) armEnd();
    for (const listener of listeners) listener();
    if (copied !== null) void tellCopied();
  };

  const run = (effect: NoteEffect): void => {
    clearTimeout(effect.type === 'wait-for-pause' ? pause : again);
    if (effect.type === 'wait-for-pause') pause = setTimeout(saveNow, PAUSE_MS);
    else if (effect.type === 'send') void send(effect.save);
    else again = setTimeout(() => void send(effect.save), SEND_AGAIN_MS);
  };

  const send = async (save: SaveNote): Promise<void> => {
    const { operationId } = save;
    try {
      tell({ type: 'saved', operationId, saved: await api.notes.save(save) });
    } catch (error) {
      if (isRefusal(error, 'NOTE_DESTROYED')) tell({ type: 'save-refused', operationId, refusal: 'destroyed' });
      else if (isRefusal(error, 'NOTE_TOO_LONG')) tell({ type: 'save-refused', operationId, refusal: 'too-long' });
      else if (isRefusal(error, 'CLOCK_AT_ODDS')) tell({ type: 'save-refused', operationId, refusal: 'hidden' });
      else {
        // The session may have ended elsewhere: then nothing is sent again, and the page is led out.
        if (isSignedOut(error)) void queryClient.invalidateQueries({ queryKey: ['session'] });
        tell({ type: 'save-lost', operationId });
      }
    }
  };

  function saveNow(): void {
    clearTimeout(pause);
    tell({ type: 'save-due', operationId: crypto.randomUUID() });
  }

  /** Once the end is final, the text goes at its instant, whatever the server says and whether or not it is reached. */
  function armEnd(): void {
    clearTimeout(end);
    const { kept } = draft;
    if (kept === null || !kept.isEndFinal) return;
    const leftMs = Date.parse(kept.destroyedAt) - Date.now();
    end = setTimeout(() => (leftMs > LONGEST_TIMER_MS ? armEnd() : tell({ type: 'ended', at: kept.destroyedAt })), Math.min(Math.max(0, leftMs), LONGEST_TIMER_MS));
  }

  const refresh = async (): Promise<void> => {
    try {
      tell({ type: 'loaded', view: await api.notes.read({ callId }) });
    } catch (error) {
      if (!isSignedOut(error)) tell({ type: 'load-failed' });
    }
  };

  /** Of the revision that holds the very words, once there is one; of none where they have changed before. */
  async function tellCopied(): Promise<void> {
    if (draft.text === copied && isUnsaved(draft)) return;
    const isStanding = draft.text === copied;
    copied = null;
    if (!isStanding) return;
    try {
      tell({ type: 'loaded', view: await api.notes.markCopied({ callId, revision: draft.base.revision }) });
    } catch {
      // It is asked again, which does no harm.
    }
  }

  const warn = (event: BeforeUnloadEvent): void => {
    if (isUnsaved(draft) && draft.phase === 'ready') event.preventDefault();
  };
  addEventListener('online', saveNow);
  addEventListener('beforeunload', warn);

  return {
    draft: () => draft,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    type: (text) => tell({ type: 'typed', text }),
    saveNow,
    refresh,
    markCopied() {
      copied = draft.text;
      saveNow();
      void tellCopied();
    },
    forget() {
      isForgotten = true;
      copied = null;
      for (const timer of [pause, again, end]) clearTimeout(timer);
      removeEventListener('online', saveNow);
      removeEventListener('beforeunload', warn);
      draft = beginDraft(null);
    },
  };
}
