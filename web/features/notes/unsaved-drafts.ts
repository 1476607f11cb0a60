/** What of a note is not saved yet, kept sealed over a refresh of this tab and no longer: gone with the tab, with the save, with the session. */
import { keepInVault, namesInVault, readVault } from '../../api/tab-vault.ts';
import type { UnsavedDraft } from './note-draft-machine.ts';

const PREFIX = 'unsaved-note ';

export const keepUnsaved = (callId: string, unsaved: UnsavedDraft | null): void => keepInVault(PREFIX + callId, unsaved === null ? null : JSON.stringify(unsaved));

export function readUnsaved(callId: string): UnsavedDraft | null {
  const kept = readVault(PREFIX + callId);
  return kept === null ? null : (JSON.parse(kept) as UnsavedDraft);
}

/** The calls whose notes have something unsaved. */
export const listUnsaved = (): string[] => namesInVault(PREFIX).map((name) => name.slice(PREFIX.length));
