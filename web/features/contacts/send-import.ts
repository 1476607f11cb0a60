/** Sends a file to be imported, piece by piece: goes on by itself where the server was out of reach or asked for patience, from wherever the server says it is. */
import { ORPCError } from '@orpc/client';
import type { ImportView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';

const PIECE_BYTES = 45_000;
export const LARGEST_FILE_BYTES = 100 * 1024 * 1024;
const TOO_MANY_REQUESTS = 429;
/** The first is soon, for a dropped connection; the later ones outlast a minute's limit of requests. */
const WAITS_MS = [500, 2_000, 5_000, 10_000, 20_000, 30_000, 30_000, 30_000];

export interface SendProgress {
  /** Percent. */
  readonly onShare: (share: number) => void;
  /** Whether the server is being waited for. */
  readonly onWaiting: (isWaiting: boolean) => void;
}

/** What was refused stays refused; all else may be the network's. */
const mayPass = (error: unknown): boolean => !(error instanceof ORPCError) || error.status === TOO_MANY_REQUESTS || error.status >= 500;

/** Resolves to the import, its columns to be looked at. Throws where it cannot be sent at all. */
export async function sendImport(file: File, { onShare, onWaiting }: SendProgress): Promise<ImportView> {
  const lastingly = async <Value>(run: () => Promise<Value>): Promise<Value> => {
    for (let failures = 0; ; failures += 1) {
      try {
        const value = await run();
        if (failures > 0) onWaiting(false);
        return value;
      } catch (error) {
        const waitMs = WAITS_MS[failures];
        if (!mayPass(error) || waitMs === undefined) throw error;
        onWaiting(true);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  };
  const { id } = await lastingly(() => api.contacts.imports.create({ kind: /\.(vcf|vcard)$/i.test(file.name) ? 'vcard' : 'csv' }));
  for (let offset = 0; offset < file.size; ) {
    onShare(Math.floor((offset / file.size) * 100));
    const bytes = new Uint8Array(await file.slice(offset, offset + PIECE_BYTES).arrayBuffer());
    const { bytesReceived } = await lastingly(() => api.contacts.imports.upload({ importId: id, offset, bytes: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) }));
    // The answer to a piece may have been lost, and the piece not.
    if (bytesReceived <= offset) throw new Error('The server takes no more of this file.');
    offset = bytesReceived;
  }
  return lastingly(() => api.contacts.imports.finishUpload({ importId: id }));
}
