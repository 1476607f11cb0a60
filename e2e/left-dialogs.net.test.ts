/** The process that held a call is killed; the next one ends it at baresip, and the journal named nobody. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import { startPatientPhone } from './peers/baresip-peer.ts';
import { startTethered } from './peers/tethered-process.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

it.each(['udp', 'tcp'] as const)('a call left by a killed process is ended by the next (%s)', async (transport) => {
  const directory = await mkdtemp(join(tmpdir(), 'quietline-journal-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const journalPath = join(directory, 'dialogs.jsonl');
  const phone = await startPatientPhone({ number: '+15550100100', answer: 'auto', transport });
  cleanups.push(() => phone.close());
  const doomed = startTethered(process.execPath, [fileURLToPath(new URL('peers/doomed-carrier.ts', import.meta.url)), transport, String(phone.port), journalPath]);
  cleanups.push(() => doomed.kill());
  await doomed.waitForOutput(/answered/, 10_000);
  await phone.nextEvent('CALL_ESTABLISHED', 3_000);
  await doomed.kill('SIGKILL');
  expect(await readFile(journalPath, 'utf8')).not.toMatch(/555/);

  const checked = checkTrunkSettings({ name: 'phone', host: '127.0.0.1', port: phone.port, transport, optionsIntervalSec: 0 });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const next = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog, journalPath });
  cleanups.push(() => next.close(500));
  await phone.nextEvent('CALL_CLOSED', 3_000);
  await expect.poll(() => readFile(journalPath, 'utf8'), { timeout: 3_000 }).toBe('');
});
