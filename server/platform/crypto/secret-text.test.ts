import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { hideText, openText } from './secret-text.ts';

test('a hidden text is shown by no inspection and no JSON, and opens to what it was', () => {
  const settings = { user: 'clinic', password: hideText('pässword-canary') };
  expect(inspect(settings, { depth: 10, showHidden: true }) + JSON.stringify(settings)).not.toContain('canary');
  expect(openText(settings.password)).toBe('pässword-canary');
});
