/** The installation's lasting keys, each a numbered file outside the database: which there are, which one seals now. Holds no key that must die on time (see the notes' epoch keys), and encrypts nothing itself. */
import type { KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, destroyKeyFile, readKeyFile, UnusableKeyFileError } from './key-file.ts';

/** 'records' seals rows, 'index' makes blind indexes, 'receipts' is the seed of the signature under purge receipts, 'backups' seals what leaves the machine. */
export type KeyPurpose = 'records' | 'index' | 'receipts' | 'backups';

export interface NumberedKey {
  /** 1, 2, 3: rises with each rotation and is never used again. */
  readonly id: number;
  readonly key: KeyObject;
}

export interface Keyring {
  /** The newest key of its purpose: what is written now is written with it. */
  current(purpose: KeyPurpose): NumberedKey;
  /** The key of that number, or `undefined` if it was retired or never made here. */
  find(purpose: KeyPurpose, id: number): KeyObject | undefined;
  /** Every key that can still be used, newest first. */
  list(purpose: KeyPurpose): readonly NumberedKey[];
  /** Makes the next key. Every process with this directory uses it within REFRESH_INTERVAL_MS. */
  rotate(purpose: KeyPurpose): NumberedKey;
  /** Destroys an old key's file for good. Throws for the current one. */
  retire(purpose: KeyPurpose, id: number): void;
}

/** How long another process may go on sealing with the key before: the directory is looked at again at most this often. */
export const REFRESH_INTERVAL_MS = 1_000;

const PURPOSES: readonly KeyPurpose[] = ['records', 'index', 'receipts', 'backups'];
const FILE_NAME = /^(records|index|receipts|backups)-([1-9]\d{0,8})\.key$/;

/**
 * Opens the keys of a directory (`<data>/keys`), making the first of each purpose where there is none. Throws UnusableKeyFileError at once for any
 * damaged file: a server that started without one of its keys would fail later, at some patient's record.
 */
export function openKeyring(directory: string, monotonicMs: () => number = () => performance.now()): Keyring {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const held = new Map<KeyPurpose, Map<number, KeyObject>>(PURPOSES.map((purpose) => [purpose, new Map()]));
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let seenMtimeMs = Number.NaN;

  const pathOf = (purpose: KeyPurpose, id: number): string => join(directory, `${purpose}-${id}.key`);

  const readDirectory = (): void => {
    seenMtimeMs = statSync(directory).mtimeMs;
    const there = new Set<string>();
    for (const name of readdirSync(directory)) {
      const match = FILE_NAME.exec(name);
      if (match === null) continue;
      there.add(name);
      const purpose = match[1] as KeyPurpose;
      const id = Number(match[2]);
      if (held.get(purpose)!.has(id)) continue;
      const key = readKeyFile(join(directory, name));
      if (key !== undefined) held.get(purpose)!.set(id, key);
    }
    for (const [purpose, keys] of held) for (const id of keys.keys()) if (!there.has(`${purpose}-${id}.key`)) keys.delete(id);
  };

  // Another process (the rotation command) may have made or retired a key. A stat is 2 us, and once a second is often enough.
  const refresh = (isForced = false): void => {
    const nowMs = monotonicMs();
    if (!isForced && nowMs - lookedAtMs < REFRESH_INTERVAL_MS) return;
    lookedAtMs = nowMs;
    if (isForced || statSync(directory).mtimeMs !== seenMtimeMs) readDirectory();
  };

  const list = (purpose: KeyPurpose): NumberedKey[] => [...held.get(purpose)!].map(([id, key]) => ({ id, key })).sort((a, b) => b.id - a.id);

  const newest = (purpose: KeyPurpose): NumberedKey | undefined => {
    let best: NumberedKey | undefined;
    for (const [id, key] of held.get(purpose)!) if (best === undefined || id > best.id) best = { id, key };
    return best;
  };

  const create = (purpose: KeyPurpose, id: number): NumberedKey => {
    const key = createKeyFile(pathOf(purpose, id));
    if (key === undefined) {
      // Two processes started at once: the other's file is the key.
      readDirectory();
      const made = newest(purpose);
      if (made === undefined) throw new UnusableKeyFileError(`The key file ${pathOf(purpose, id)} holds no key. Put it back from the copy of the keys you keep.`);
      return made;
    }
    held.get(purpose)!.set(id, key);
    return { id, key };
  };

  refresh(true);
  for (const purpose of PURPOSES) if (newest(purpose) === undefined) create(purpose, 1);

  return {
    current(purpose) {
      refresh();
      const key = newest(purpose);
      if (key === undefined) throw new Error(`The last ${purpose} key in ${directory} was removed while the server ran. Put it back; nothing was encrypted without it.`);
      return key;
    },
    find(purpose, id) {
      const known = held.get(purpose)!.get(id);
      if (known !== undefined) return known;
      refresh(true);
      return held.get(purpose)!.get(id);
    },
    list(purpose) {
      refresh();
      return list(purpose);
    },
    rotate(purpose) {
      refresh(true);
      return create(purpose, (newest(purpose)?.id ?? 0) + 1);
    },
    retire(purpose, id) {
      refresh(true);
      if (newest(purpose)?.id === id) throw new Error(`The ${purpose} key ${id} is the current one; rotate first.`);
      destroyKeyFile(pathOf(purpose, id));
      held.get(purpose)!.delete(id);
    },
  };
}
