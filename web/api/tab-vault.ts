/** What this tab keeps over a refresh, sealed with a key that only the server can tell again and that it tells to no session that is over. What cannot be opened any more is thrown away. */

const PREFIX = 'sealed ';
const IV_BYTES = 12;

let key: { readonly told: string; readonly crypto: CryptoKey } | null = null;
const opened = new Map<string, string>();
/** The newest change of each name: sealing takes a moment, and an older one must not arrive after it. */
const turns = new Map<string, number>();
let turn = 0;

/** Opens what was kept. Called with each session that is read: a key that has changed since seals again all that is held. */
export async function openVault(told: string): Promise<void> {
  if (key?.told === told) return;
  try {
    const crypto = await globalThis.crypto.subtle.importKey('raw', bytesOf(told), 'AES-GCM', false, ['encrypt', 'decrypt']);
    const isFirst = key === null;
    key = { told, crypto };
    if (isFirst) for (const name of keptNames()) await openOne(crypto, name);
    for (const [name, value] of opened) seal(name, value);
  } catch {
    // A browser that keeps nothing, or seals nothing: what is unsent lives as long as the page does.
  }
}

export const readVault = (name: string): string | null => opened.get(name) ?? null;

export function keepInVault(name: string, value: string | null): void {
  if (value === null) opened.delete(name);
  else opened.set(name, value);
  seal(name, value);
}

/** The names that begin so, in this page or of the one before the refresh. */
export const namesInVault = (beginning: string): string[] => [...opened.keys()].filter((name) => name.startsWith(beginning));

/** At the end of the session, however it ended. */
export function emptyVault(): void {
  opened.clear();
  turns.clear();
  key = null;
  try {
    for (const name of keptNames()) sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing was kept.
  }
}

function seal(name: string, value: string | null): void {
  turn += 1;
  const mine = turn;
  turns.set(name, mine);
  if (value === null) return remove(name);
  if (key === null) return;
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  void crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) }, key.crypto, new TextEncoder().encode(value)).then(
    (sealed) => {
      // Overtaken by a newer one, or the session ended meanwhile.
      if (turns.get(name) !== mine) return;
      try {
        sessionStorage.setItem(PREFIX + name, textOf(new Uint8Array([...iv, ...new Uint8Array(sealed)])));
      } catch {
        // No room, or a browser that keeps nothing.
      }
    },
    () => {},
  );
}

async function openOne(by: CryptoKey, name: string): Promise<void> {
  try {
    const kept = bytesOf(sessionStorage.getItem(PREFIX + name) ?? '');
    const value = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.subarray(0, IV_BYTES), additionalData: new TextEncoder().encode(name) }, by, kept.subarray(IV_BYTES));
    // What was typed while it was being opened is newer.
    if (!turns.has(name)) opened.set(name, new TextDecoder().decode(value));
  } catch {
    // Another session's.
    remove(name);
  }
}

function remove(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing was kept.
  }
}

const keptNames = (): string[] => Object.keys(sessionStorage).filter((each) => each.startsWith(PREFIX)).map((each) => each.slice(PREFIX.length));
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
