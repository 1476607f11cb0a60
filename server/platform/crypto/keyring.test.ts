/** Which keys there are, which one is current, and that two processes agree. */
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openKeyring, REFRESH_INTERVAL_MS } from './keyring.ts';

let directory: string;
beforeEach(() => void (directory = join(mkdtempSync(join(tmpdir(), 'keyring-')), 'keys')));
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

test('a new installation gets one key of each purpose, in a folder only its owner may enter', () => {
  openKeyring(directory);
  expect(readdirSync(directory).sort()).toEqual(['backups-1.key', 'index-1.key', 'receipts-1.key', 'records-1.key']);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test('a second start finds the same keys', () => {
  const first = openKeyring(directory).current('records');
  const again = openKeyring(directory).current('records');
  expect(again.id).toBe(1);
  expect(again.key.equals(first.key)).toBe(true);
});

test('rotating makes the next key current and keeps the one before', () => {
  const keyring = openKeyring(directory);
  const before = keyring.current('records');
  expect(keyring.rotate('records').id).toBe(2);
  expect(keyring.current('records').id).toBe(2);
  expect(keyring.find('records', 1)!.equals(before.key)).toBe(true);
  expect(keyring.list('records').map(({ id }) => id)).toEqual([2, 1]);
});

test('another process uses a new key within the refresh interval, and finds it at once when a record asks for it', () => {
  let nowMs = 0;
  const server = openKeyring(directory, () => nowMs);
  const command = openKeyring(directory);
  command.rotate('records');
  expect(server.current('records').id).toBe(1);
  expect(server.find('records', 2)).toBeDefined();
  expect(server.current('records').id).toBe(2);
  command.rotate('records');
  nowMs += REFRESH_INTERVAL_MS;
  expect(server.current('records').id).toBe(3);
});

test('a retired key is gone everywhere, and its number is not used again', () => {
  let nowMs = 0;
  const server = openKeyring(directory, () => nowMs);
  const command = openKeyring(directory);
  command.rotate('records');
  command.retire('records', 1);
  nowMs += REFRESH_INTERVAL_MS;
  expect(server.list('records').map(({ id }) => id)).toEqual([2]);
  expect(server.find('records', 1)).toBeUndefined();
  expect(server.rotate('records').id).toBe(3);
});

test('the current key cannot be retired', () => {
  const keyring = openKeyring(directory);
  expect(() => keyring.retire('records', 1)).toThrow(/rotate first/);
});

test('a damaged key stops the start with a sentence that names the file', () => {
  openKeyring(directory);
  truncateSync(join(directory, 'records-1.key'), 40);
  expect(() => openKeyring(directory)).toThrow(/records-1\.key is cut short/);
});
