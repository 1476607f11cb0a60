/** A sealed value opens in its own place, and nowhere else. */
import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Keyring } from './keyring.ts';
import { createBlindIndex, createRecordCipher, UnreadableRecordError, type RecordPlace } from './record-cipher.ts';

const PLACE: RecordPlace = { practiceId: '0199a000-0000-7000-8000-000000000001', table: 'call', column: 'number', rowId: '0199a000-0000-7000-8000-0000000000aa' };

/** A keyring in memory whose rotation is in the test's hands. */
function memoryKeyring(): Pick<Keyring, 'current' | 'find' | 'list'> & { rotate(): void; retire(id: number): void } {
  const keys = new Map([[1, createSecretKey(randomBytes(32))]]);
  const newest = (): number => Math.max(...keys.keys());
  return {
    current: () => ({ id: newest(), key: keys.get(newest())! }),
    find: (_purpose, id) => keys.get(id),
    list: () => [...keys].map(([id, key]) => ({ id, key })).sort((a, b) => b.id - a.id),
    rotate: () => void keys.set(newest() + 1, createSecretKey(randomBytes(32))),
    retire: (id) => void keys.delete(id),
  };
}

const reasonOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof UnreadableRecordError) return error.reason;
    throw error;
  }
  return 'opened';
};

describe('sealing', () => {
  test('what was sealed is what is opened, whatever the text', () => {
    const cipher = createRecordCipher(memoryKeyring());
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => cipher.open(PLACE, cipher.seal(PLACE, text)) === text));
  });

  test('the same text is never sealed to the same bytes', () => {
    const cipher = createRecordCipher(memoryKeyring());
    const seen = new Set(Array.from({ length: 2_000 }, () => cipher.seal(PLACE, '+15550100').toString('hex')));
    expect(seen.size).toBe(2_000);
  });

  test('a sealed value is 33 bytes longer than its text and shows nothing of it', () => {
    const sealed = createRecordCipher(memoryKeyring()).seal(PLACE, '+15555550123');
    expect(sealed.length).toBe(33 + 12);
    expect(sealed.toString('latin1')).not.toContain('5555');
  });
});

describe('a value that was moved or altered does not open', () => {
  test('in another practice, table, column or row', () => {
    const cipher = createRecordCipher(memoryKeyring());
    const sealed = cipher.seal(PLACE, 'text');
    for (const part of ['practiceId', 'table', 'column', 'rowId'] as const) {
      expect(reasonOf(() => cipher.open({ ...PLACE, [part]: `${PLACE[part]}x` }, sealed)), part).toBe('altered-or-moved');
    }
  });

  test('in any other place, however the parts are cut', () => {
    const cipher = createRecordCipher(memoryKeyring());
    const part = fc.string({ unit: fc.constantFrom('a', '1', ':', '|', 'é'), maxLength: 4 });
    const place = fc.record({ practiceId: part, table: part, column: part, rowId: part });
    fc.assert(
      fc.property(place, place, (here, there) => {
        const isSame = JSON.stringify(here) === JSON.stringify(there);
        return (reasonOf(() => cipher.open(there, cipher.seal(here, 'text'))) === 'opened') === isSame;
      }),
    );
  });

  test('with any one bit flipped', () => {
    const cipher = createRecordCipher(memoryKeyring());
    const sealed = cipher.seal(PLACE, 'a note');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered[bit >> 3] = altered[bit >> 3]! ^ (1 << (bit & 7));
      expect(reasonOf(() => cipher.open(PLACE, altered)), `bit ${bit}`).not.toBe('opened');
    }
  });

  test('cut short at any byte, nor is anything but a sealed value taken for one', () => {
    const cipher = createRecordCipher(memoryKeyring());
    const sealed = cipher.seal(PLACE, 'a note');
    for (let length = 0; length < sealed.length; length += 1) expect(reasonOf(() => cipher.open(PLACE, sealed.subarray(0, length)))).not.toBe('opened');
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => reasonOf(() => cipher.open(PLACE, bytes)) !== 'opened'));
  });
});

describe('rotation', () => {
  test('old values open, new ones use the new key, and each says which it used', () => {
    const keyring = memoryKeyring();
    const cipher = createRecordCipher(keyring);
    const old = cipher.seal(PLACE, 'before');
    keyring.rotate();
    expect(cipher.open(PLACE, old)).toBe('before');
    expect(cipher.isSealedWithOldKey(old)).toBe(true);
    expect(cipher.isSealedWithOldKey(cipher.seal(PLACE, 'after'))).toBe(false);
  });

  test('once a key is retired, what it sealed is unreadable and says why', () => {
    const keyring = memoryKeyring();
    const cipher = createRecordCipher(keyring);
    const old = cipher.seal(PLACE, 'before');
    keyring.rotate();
    keyring.retire(1);
    expect(reasonOf(() => cipher.open(PLACE, old))).toBe('key-missing');
  });
});

describe('blind index', () => {
  test('equal numbers of one practice are found; other practices, kinds and numbers are told apart', () => {
    const index = createBlindIndex(memoryKeyring());
    const hex = (practiceId: string, kind: string, value: string): string => index.of(practiceId, kind, value).toString('hex');
    const found = hex('p1', 'phone', '+15555550123');
    expect(hex('p1', 'phone', '+15555550123')).toBe(found);
    expect(new Set([found, hex('p2', 'phone', '+15555550123'), hex('p1', 'email', '+15555550123'), hex('p1', 'phone', '+15555550124'), hex('p1p', 'hone', '+15555550123')]).size).toBe(5);
  });

  test('while a rotation is under way, a number is looked for under both keys', () => {
    const keyring = memoryKeyring();
    const index = createBlindIndex(keyring);
    const before = index.of('p1', 'phone', '+15555550123');
    keyring.rotate();
    expect(index.allOf('p1', 'phone', '+15555550123').map((value) => value.equals(before))).toEqual([false, true]);
  });
});
