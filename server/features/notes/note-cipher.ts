/** Seals a note's text with its hour's key, bound to its practice, its call and its end: a row whose end is put off in the database no longer opens. Stores nothing. */
import type { KeyObject } from 'node:crypto';
import { openWithKey, sealWithKey, type RecordPlace } from '#server/platform/crypto/record-cipher.ts';
import { epochOf } from './retention-policy.ts';

export interface NotePlace {
  readonly practiceId: string;
  readonly callId: string;
  readonly destroyedAtMs: number;
}

export function sealNote(key: KeyObject, place: NotePlace, text: string): Buffer {
  return sealWithKey(key, epochOf(place.destroyedAtMs), recordPlaceOf(place), text);
}

/** Throws UnreadableRecordError if anything was altered or moved. */
export function openNote(key: KeyObject, place: NotePlace, sealed: Uint8Array): string {
  return openWithKey(key, recordPlaceOf(place), sealed);
}

function recordPlaceOf({ practiceId, callId, destroyedAtMs }: NotePlace): RecordPlace {
  return { practiceId, table: 'note', column: `text until ${destroyedAtMs}`, rowId: callId };
}
