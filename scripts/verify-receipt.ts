/** Checks a purge receipt: that its text is one, and that the installation's key signed it. Reads one JSON file { body, signature, publicKey }; needs no server and no database. */
import { readFileSync } from 'node:fs';
import { decodeReceipt } from '#server/features/notes/purge-receipt-codec.ts';
import { isSignedBy } from '#server/features/notes/receipt-signature.ts';

const USAGE = `Usage: scripts/verify-receipt RECEIPT.json [PUBLIC_KEY]

Without PUBLIC_KEY the receipt is checked with the key it names itself, which shows that it was not altered but not
who made it: give the key your practice wrote down when it began.`;

const [path, expectedKey] = process.argv.slice(2);
if (path === undefined || path === '--help') {
  console.log(USAGE);
  process.exit(path === undefined ? 2 : 0);
}

const problem = verify(path, expectedKey);
if (problem !== undefined) {
  console.error(`NOT VALID: ${problem}`);
  process.exit(1);
}

function verify(file: string, key: string | undefined): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return `${file} cannot be read as JSON.`;
  }
  const { body, signature, publicKey } = (parsed ?? {}) as Record<string, unknown>;
  if (typeof body !== 'string' || typeof signature !== 'string' || typeof publicKey !== 'string') return 'The file needs the fields body, signature and publicKey, as the receipt was downloaded.';
  if (key !== undefined && key !== publicKey) return `It names the key ${publicKey}, not the one you gave.`;
  if (!isSignedBy(publicKey, body, Buffer.from(signature, 'base64url'))) return 'The signature does not fit the text.';
  const receipt = decodeReceipt(body);
  if (receipt === undefined) return 'The signed text is not a purge receipt.';
  const how = receipt.reason === 'expired' ? 'after their 192 hours' : 'by hand';
  console.log(`Valid. ${receipt.notes} ${receipt.notes === 1 ? 'note' : 'notes'} destroyed ${how}; rows deleted ${receipt.deletedAt}; ${receipt.isKeyDestroyed ? `key ${receipt.keyId} destroyed before that` : `key ${receipt.keyId} ends with its hour`}.`);
  console.log(`Receipt ${receipt.id} of practice ${receipt.practiceId}. Signed by ${publicKey}${key === undefined ? ' (the key it names itself)' : ''}.`);
  return undefined;
}
