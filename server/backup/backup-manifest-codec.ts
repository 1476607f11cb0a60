/** What a backup says of itself, as text: of which state it is, and every file with its rows and its hash. Believes nothing that was not authenticated. */
import * as z from 'zod';

export const backupManifestSchema = z.object({
  kind: z.literal('quietline-backup'),
  version: z.literal(1),
  /** Random; the keys of its files come from it. */
  id: z.uuid(),
  startedAt: z.iso.datetime(),
  productVersion: z.string(),
  postgresVersion: z.string(),
  /** The number of the newest migration of the database it was made of. */
  migration: z.int().positive(),
  /** Which of the keyring's keys for backups sealed it. */
  keyId: z.int().positive(),
  tables: z.array(
    z.object({
      name: z.string().regex(/^[a-z][a-z_0-9]{0,62}$/),
      columns: z.array(z.string()),
      rows: z.int().nonnegative(),
      bytes: z.int().nonnegative(),
      /** Of the file as it lies, in hex. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;

/** One text for one manifest: what is authenticated. */
export function encodeManifest(manifest: BackupManifest): string {
  return `${JSON.stringify(backupManifestSchema.parse(manifest), null, 2)}\n`;
}

/** Undefined for what is no manifest of a version we know. */
export function decodeManifest(text: string): BackupManifest | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const read = backupManifestSchema.safeParse(parsed);
  return read.success ? read.data : undefined;
}

export const fileNameOf = (table: string): string => `${table}.copy.gz.sealed`;
