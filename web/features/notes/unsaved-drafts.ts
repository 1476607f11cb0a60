/** What of a note is not saved yet, kept over a refresh of this tab and no longer: gone with the tab, with the save, with the sign-out. */
import type { UnsavedDraft } from './note-draft-machine.ts';

const PREFIX = 'unsaved-note ';

export function keepUnsaved(callId: string, unsaved: UnsavedDraft | null): void {
  try {
    if (unsaved === null) sessionStorage.removeItem(PREFIX + callId);
    else sessionStorage.setItem(PREFIX + callId, JSON.stringify(unsaved));
  } catch {
    // A browser that keeps nothing: the note lives as long as the page does.
  }
}

export function readUnsaved(callId: string): UnsavedDraft | null {
  try {
    const kept = sessionStorage.getItem(PREFIX + callId);
    return kept === null ? null : (JSON.parse(kept) as UnsavedDraft);
  } catch {
    return null;
  }
}

export function forgetUnsaved(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
