/** What server and page agree on about what a practice keeps here: how much of each kind, and whether copies of it exist. Counts only. */
import { oc } from '@orpc/contract';
import * as z from 'zod';

export const dataKeptSchema = z.object({
  contacts: z.int().nonnegative(),
  calls: z.int().nonnegative(),
  oldestCallAt: z.iso.datetime().nullable(),
  /** Those that can still be read. */
  notes: z.int().nonnegative(),
  notesDestroyed: z.int().nonnegative(),
  auditEntries: z.int().nonnegative(),
  /** Of the whole installation, by `scripts/backup`; null where none was ever made. */
  lastBackupAt: z.iso.datetime().nullable(),
});
export type DataKept = z.infer<typeof dataKeptSchema>;

export const dataKeptContract = {
  /** For the practice's admins. */
  read: oc.route({ method: 'GET', path: '/data-kept' }).output(dataKeptSchema),
};
