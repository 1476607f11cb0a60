import { expect, test } from 'vitest';
import { checkTrunkList, type TrunkSettings } from './telephony/index.ts';
import { strictestMediaEncryption } from './trunks.ts';

const trunk = (name: string, mediaEncryption: TrunkSettings['mediaEncryption']): TrunkSettings => {
  const checked = checkTrunkList([{ name, host: 'sip.example.com', transport: 'tls', mediaEncryption }]);
  if (!checked.ok) throw new Error(checked.refusal.join('\n'));
  return checked.value[0]!;
};

test('what one trunk demands of the audio holds for all, since one offer goes to whichever takes the call', () => {
  expect(strictestMediaEncryption([])).toBe('off');
  expect(strictestMediaEncryption([trunk('a', 'off'), trunk('b', 'optional')])).toBe('optional');
  expect(strictestMediaEncryption([trunk('a', 'optional'), trunk('b', 'required'), trunk('c', 'off')])).toBe('required');
});
