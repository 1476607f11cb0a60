/** The copy of the keys that lies apart from the backups: one file with everything below `keys` that lasts, and the certificate authority. Never a key of notes: those die on time. */
import { createHash } from 'node:crypto';
import { closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { writeWhole } from './whole-files.ts';

/** Below the data directory. Folders within them are left out: the notes' keys are one. */
const FOLDERS = ['keys', 'https'];
const FILE_NAME = /^[\w.-]+\.(?:key|jsonl|crt|pem)$/;

const keyCopySchema = z.object({
  kind: z.literal('quietline-keys'),
  version: z.literal(1),
  madeAt: z.iso.datetime(),
  files: z.record(z.string().regex(/^(?:keys|https)\/[\w.-]+$/), z.base64()),
  sha256: z.string(),
});

export type KeyFiles = ReadonlyMap<string, Buffer>;

/** The copy cannot be used; the message says which can. */
export class UnusableKeyCopyError extends Error {
  override readonly name = 'UnusableKeyCopyError';
}

export function readKeyFiles(dataPath: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const folder of FOLDERS) {
    if (!existsSync(join(dataPath, folder))) continue;
    for (const entry of readdirSync(join(dataPath, folder), { withFileTypes: true })) if (entry.isFile() && FILE_NAME.test(entry.name)) files.set(`${folder}/${entry.name}`, readFileSync(join(dataPath, folder, entry.name)));
  }
  return files;
}

export function writeKeyCopy(path: string, files: KeyFiles, madeAt: Date): void {
  const encoded = Object.fromEntries([...files].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, bytes]) => [name, bytes.toString('base64')]));
  writeWhole(path, `${JSON.stringify({ kind: 'quietline-keys', version: 1, madeAt: madeAt.toISOString(), files: encoded, sha256: hashOf(encoded) } satisfies z.infer<typeof keyCopySchema>, null, 1)}\n`);
}

export function readKeyCopy(path: string): Map<string, Buffer> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UnusableKeyCopyError(`${path} cannot be read as a copy of keys. Give the quietline-keys-*.json that scripts/backup wrote to --keys-to.`, { cause });
  }
  const copy = keyCopySchema.safeParse(parsed);
  if (!copy.success || copy.data.sha256 !== hashOf(copy.data.files)) throw new UnusableKeyCopyError(`${path} is no whole copy of keys. Give another copy: one made by a later backup will do.`);
  return new Map(Object.entries(copy.data.files).map(([name, text]) => [name, Buffer.from(text, 'base64')]));
}

/** Each file flushed before the next step: keys whose records were acknowledged again must not go with the power. */
export function placeKeyFiles(dataPath: string, files: KeyFiles): void {
  for (const [name, bytes] of files) {
    const path = join(dataPath, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const handle = openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
    try {
      writeSync(handle, bytes);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

function hashOf(files: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1)))).digest('hex');
}
