import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interpreterCodeSchema } from '#contract/interpreters.ts';
import { planCode } from './code-keys-policy.ts';

test.each([
  ['42#', [{ waitMs: 1_000, digits: '42#' }]],
  [',42,,7#', [{ waitMs: 3_000, digits: '42' }, { waitMs: 4_000, digits: '7#' }]],
  [',,', []],
  ['', []],
] as const)('of %j', (code, presses) => expect(planCode(code)).toEqual(presses));

test('presses every key of any code that is kept, in its order, each after a wait of whole seconds', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9*#,]{1,40}$/), (code) => {
      expect(interpreterCodeSchema.safeParse(code).success).toBe(true);
      const presses = planCode(code);
      expect(presses.map(({ digits }) => digits).join('')).toBe(code.replaceAll(',', ''));
      for (const { waitMs } of presses) expect(waitMs % 1_000).toBe(0);
    }),
  );
});
