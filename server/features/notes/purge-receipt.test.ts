/** A receipt as the practice keeps it: a file that a command verifies without a server, and that no change survives. */
import { execFile } from 'node:child_process';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { decodeReceipt, encodeReceipt, type PurgeReceipt } from './purge-receipt-codec.ts';
import { createReceiptSigner, isSignedBy } from './receipt-signature.ts';

const directory = mkdtempSync(join(tmpdir(), 'receipt-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const RECEIPT: PurgeReceipt = { kind: 'quietline-purge-receipt', version: 1, id: randomUUID(), practiceId: randomUUID(), reason: 'expired', keyId: 'epoch-498500', isKeyDestroyed: true, notes: 3, deletedAt: '2026-11-23T12:00:00.000Z' };
const signer = createReceiptSigner(createSecretKey(randomBytes(32)));

/** The command's exit code and what it said. */
function verify(file: unknown, ...more: string[]): Promise<{ code: number; said: string }> {
  const path = join(directory, `${randomUUID()}.json`);
  writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
  return new Promise((done) => {
    execFile(resolve('scripts/verify-receipt'), [path, ...more], (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }));
  });
}

const body = encodeReceipt(RECEIPT);
const file = { body, signature: signer.sign(body).toString('base64url'), publicKey: signer.publicKey };

test('a receipt reads as it was written', () => {
  expect(decodeReceipt(body)).toEqual(RECEIPT);
});

test('a text that says more, or in another order, is no receipt', () => {
  expect(decodeReceipt(JSON.stringify({ ...RECEIPT, patient: 'x' }))).toBeUndefined();
  expect(decodeReceipt(JSON.stringify(Object.fromEntries(Object.entries(RECEIPT).reverse())))).toBeUndefined();
  expect(decodeReceipt('no json')).toBeUndefined();
});

test('no character of the text or of the signature can be changed', () => {
  const signature = signer.sign(body);
  for (let at = 0; at < body.length; at += 7) expect(isSignedBy(signer.publicKey, `${body.slice(0, at)}~${body.slice(at + 1)}`, signature)).toBe(false);
  for (let at = 0; at < signature.length; at += 5) expect(isSignedBy(signer.publicKey, body, signature.map((byte, index) => (index === at ? byte ^ 1 : byte)))).toBe(false);
  expect(isSignedBy('short', body, signature)).toBe(false);
});

test('the command says what was destroyed, and when', async () => {
  const { code, said } = await verify(file, signer.publicKey);
  expect(code).toBe(0);
  expect(said).toContain('Valid. 3 notes destroyed after their 192 hours');
});

test('the command refuses an altered receipt, another key, and what is no receipt', async () => {
  expect(await verify({ ...file, body: body.replace('"notes":3', '"notes":4') })).toMatchObject({ code: 1, said: expect.stringContaining('does not fit') });
  expect(await verify(file, 'another-key')).toMatchObject({ code: 1, said: expect.stringContaining('not the one you gave') });
  expect(await verify('{}')).toMatchObject({ code: 1 });
  expect(await verify('not json')).toMatchObject({ code: 1 });
});
