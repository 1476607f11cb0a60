/** The key under which a session's page keeps what it could not send yet: made anew from the session's id each time, told to that session alone, and to nobody once it has ended. Stored nowhere. */
import { hkdfSync } from 'node:crypto';
import type { Keyring } from '#server/platform/crypto/keyring.ts';

const KEY_BYTES = 32;

/** Base64, for AES-256. After a rotation a page is told another one within a minute, and seals again what it still holds. */
export const createDraftKeys = (keyring: Pick<Keyring, 'current'>) => (sessionId: string): string =>
  Buffer.from(hkdfSync('sha256', keyring.current('records').key, Buffer.alloc(0), `quietline drafts of session ${sessionId}`, KEY_BYTES)).toString('base64');
