/** The key of each message: one file, outside the database and every backup, so that a message that is destroyed is gone from all of them. Hands out keys; seals nothing. */
import type { KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, destroyKeyFile, readKeyFile } from '#server/platform/crypto/key-file.ts';

export interface VoicemailKeys {
  /** Throws where the call has one: a message is recorded once. */
  create(callId: string): KeyObject;
  /** Undefined once it is destroyed, and on a machine to which a backup was restored. */
  find(callId: string): KeyObject | undefined;
  /** Overwrites and unlinks. Harmless when there is none. */
  destroy(callId: string): void;
  /** The calls whose messages have a key here. */
  list(): string[];
}

const FILE_NAME = /^voicemail-([0-9a-f-]{36})\.key$/;
const CALL_ID = /^[0-9a-f-]{36}$/;

export function openVoicemailKeys(directory: string): VoicemailKeys {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pathOf = (callId: string): string => {
    if (!CALL_ID.test(callId)) throw new Error('No call has such an id.');
    return join(directory, `voicemail-${callId}.key`);
  };
  return {
    create(callId) {
      const key = createKeyFile(pathOf(callId));
      if (key === undefined) throw new Error('This call has a message already.');
      return key;
    },
    find: (callId) => readKeyFile(pathOf(callId)),
    destroy: (callId) => destroyKeyFile(pathOf(callId)),
    list: () => readdirSync(directory).flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []),
  };
}
