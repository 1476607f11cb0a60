/** Files that are there whole or not at all, and folders whose names are flushed. Knows nothing of what is in them. */
import { closeSync, constants, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Readable to its owner only. */
export function writeWhole(path: string, text: string): void {
  const partial = `${path}.partial`;
  const handle = openSync(partial, constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY, 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(partial, path);
  syncFolder(dirname(path));
}

/** A name is data of its folder: unflushed, a power cut takes it. */
export function syncFolder(path: string): void {
  const handle = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
