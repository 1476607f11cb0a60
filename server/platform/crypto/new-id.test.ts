import { expect, test } from 'vitest';
import * as z from 'zod';
import { systemRandom } from '../clock/random.ts';
import { createId } from './new-id.ts';

test('an id is a UUID of version 7 that begins with its instant', () => {
  const id = createId(Date.UTC(2026, 0, 5, 12), systemRandom);
  expect(z.uuidv7().safeParse(id).success).toBe(true);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 0, 5, 12));
});

test('later ids sort after earlier ones, and no two of one millisecond are alike', () => {
  expect(createId(2, systemRandom) > createId(1, systemRandom)).toBe(true);
  expect(new Set(Array.from({ length: 1000 }, () => createId(1, systemRandom))).size).toBe(1000);
});
