/** The keys that notes die with: one file an hour, outside the database and every backup. Hands none out after its hour; destroys them for good. */
import type { KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, destroyKeyFile, readKeyFile } from '#server/platform/crypto/key-file.ts';
import { isEpochUsable, type EpochHour } from './retention-policy.ts';

export interface EpochKeys {
  /** The key of an epoch, made if need be; `undefined` once its hour is over by the latest it may be now. */
  obtain(epoch: EpochHour, latestMs: number): KeyObject | undefined;
  /** The key of an epoch if there is one and its hour is not over. */
  find(epoch: EpochHour, latestMs: number): KeyObject | undefined;
  /** Every epoch that has a file, oldest first. */
  list(): EpochHour[];
  hasAny(): boolean;
  /** Overwrites, unlinks and forgets. Harmless when there is none. */
  destroy(epoch: EpochHour): void;
}

const FILE_NAME = /^epoch-(\d{1,9})\.key$/;

export function openEpochKeys(directory: string): EpochKeys {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pathOf = (epoch: EpochHour): string => join(directory, `epoch-${epoch}.key`);
  const list = (): EpochHour[] =>
    readdirSync(directory)
      .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  // Keys in use are held so that saving as one types does not read a file each time; a destroyed key leaves at once.
  const held = new Map<EpochHour, KeyObject>();
  let hasAny = list().length > 0;

  const find = (epoch: EpochHour, latestMs: number): KeyObject | undefined => {
    if (!isEpochUsable(epoch, latestMs)) {
      held.delete(epoch);
      return undefined;
    }
    const key = held.get(epoch) ?? readKeyFile(pathOf(epoch));
    if (key !== undefined) held.set(epoch, key);
    return key;
  };

  return {
    find,
    obtain(epoch, latestMs) {
      const found = find(epoch, latestMs);
      if (found !== undefined || !isEpochUsable(epoch, latestMs)) return found;
      const made = createKeyFile(pathOf(epoch));
      hasAny = true;
      if (made === undefined) return find(epoch, latestMs);
      held.set(epoch, made);
      return made;
    },
    list,
    hasAny: () => hasAny,
    destroy(epoch) {
      held.delete(epoch);
      destroyKeyFile(pathOf(epoch));
      hasAny = list().length > 0;
    },
  };
}
