/** A key file is whole or absent, private, and gone once destroyed. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeyFile, destroyKeyFile, readKeyFile, UnusableKeyFileError } from './key-file.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'key-file-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const path = (name = 'records-1.key'): string => join(directory, name);

describe('making a key file', () => {
  test('what was made is what is read', () => {
    const made = createKeyFile(path())!;
    expect(readKeyFile(path())!.equals(made)).toBe(true);
  });

  test('only the owner may read it, and nothing else is left in the folder', () => {
    createKeyFile(path());
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['records-1.key']);
  });

  test('a name that is taken is never overwritten', () => {
    const first = createKeyFile(path())!;
    expect(createKeyFile(path())).toBeUndefined();
    expect(readKeyFile(path())!.equals(first)).toBe(true);
  });

  test('what a crash left half-written under a passing name does not stand in the way', () => {
    writeFileSync(path(`.records-1.key.${process.pid}.new`), 'half');
    expect(createKeyFile(path())).toBeDefined();
    expect(readdirSync(directory)).toEqual(['records-1.key']);
  });
});

describe('reading a key file', () => {
  test('no file is no key', () => {
    expect(readKeyFile(path())).toBeUndefined();
  });

  test('a file cut short at any byte is refused with a sentence that says what to do', () => {
    createKeyFile(path());
    const whole = readFileSync(path());
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(path(), whole.subarray(0, length));
      expect(() => readKeyFile(path()), `${length} bytes`).toThrow(UnusableKeyFileError);
      expect(() => readKeyFile(path())).toThrow(/is empty|is not a key file|is cut short|was renamed/);
      expect(() => readKeyFile(path())).toThrow(/Put it back from the copy/);
    }
  });

  test('a file with any one character altered is refused', () => {
    createKeyFile(path());
    const whole = readFileSync(path());
    for (let at = 0; at < whole.length; at += 1) {
      const altered = Buffer.from(whole);
      altered[at] = altered[at]! ^ 0x01;
      writeFileSync(path(), altered);
      expect(() => readKeyFile(path()), `byte ${at}`).toThrow(UnusableKeyFileError);
    }
  });

  test("a key under another key's name is refused", () => {
    createKeyFile(path());
    renameSync(path(), path('records-2.key'));
    expect(() => readKeyFile(path('records-2.key'))).toThrow(/was renamed/);
  });

  test('a file that others may read is refused with the command that mends it', () => {
    createKeyFile(path());
    chmodSync(path(), 0o644);
    expect(() => readKeyFile(path())).toThrow(/mode 644.*chmod 600/s);
  });

  test('no message holds a byte of the key', () => {
    createKeyFile(path());
    const secret = /key: (.*)/.exec(readFileSync(path(), 'utf8'))![1]!;
    writeFileSync(path(), readFileSync(path(), 'utf8').replace('check: ', 'check: x'));
    expect(() => readKeyFile(path())).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }));
  });
});

describe('destroying a key file', () => {
  test('the key is overwritten before its name goes', () => {
    createKeyFile(path());
    const contents: string[] = [];
    destroyKeyFile(path(), (done) => {
      if (done === 'overwritten') contents.push(readFileSync(path(), 'latin1'));
    });
    expect(contents).toHaveLength(1);
    expect(contents[0]).toMatch(/^\0+$/);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a crash after any step leaves no usable key, and doing it again ends it', () => {
    for (const crashAfter of ['overwritten', 'unlinked'] as const) {
      createKeyFile(path());
      expect(() => destroyKeyFile(path(), (done) => {
        if (done === crashAfter) throw new Error('power cut');
      })).toThrow('power cut');
      expect(readKeyFile(path())).toBeUndefined();
      destroyKeyFile(path());
      expect(readKeyFile(path())).toBeUndefined();
    }
  });

  test('destroying what is gone says so and does no harm', () => {
    expect(destroyKeyFile(path())).toBe(false);
  });
});
