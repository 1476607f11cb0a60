import { expect, test } from 'vitest';
import { createFormats } from '../../messages/formats.ts';
import { lastHere } from './last-here-policy.ts';

const formats = createFormats({ language: 'en', country: 'US', timeZone: 'America/Chicago', clock: '24-hour' });

test.each([
  [null, 'Not yet'],
  ['2026-05-14T14:30:00Z', 'Now'],
  // Another server's clock may be a little ahead.
  ['2026-05-14T14:31:20Z', 'Now'],
  ['2026-05-14T13:10:00Z', '08:10'],
  ['2026-05-14T05:00:00Z', '00:00'],
  ['2026-05-14T04:59:00Z', 'Wed, May 13'],
  ['2025-12-01T12:00:00Z', 'Mon, Dec 1'],
  ['2025-05-14T12:00:00Z', 'May 14, 2025'],
])('at %s is said as %s', (at, said) => {
  expect(lastHere(at, Date.parse('2026-05-14T14:31:00Z'), { now: 'Now', never: 'Not yet' }, formats)).toBe(said);
});
