/** Seals what the journal of open dialogs holds of numbers, as a row of a table is sealed. Between telephony, which knows no keys, and the keyring, which knows no dialogs. */
import type { RecordCipher } from './platform/crypto/record-cipher.ts';
import type { JournalSeal } from './telephony/index.ts';

export function sealJournal(cipher: RecordCipher): JournalSeal {
  const placeOf = (place: string) => ({ practiceId: 'installation', table: 'open-dialogs', column: 'dialog', rowId: place });
  return {
    seal: (place, text) => cipher.seal(placeOf(place), text).toString('base64'),
    open(place, sealed) {
      try {
        return cipher.open(placeOf(place), Buffer.from(sealed, 'base64'));
      } catch {
        // Keys that are gone: the dialog can be ended by its tags all the same.
        return undefined;
      }
    },
  };
}
