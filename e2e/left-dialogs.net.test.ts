/** The process that held a call is killed; the next one ends it at baresip or goes on with it, over UDP, TCP and TLS, and the journal named nobody. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import type { PartyLegEvent, SipCarrier } from '#server/telephony/index.ts';
import { type PatientPhone, startPatientPhone } from './peers/baresip-peer.ts';
import { openlySealed } from './peers/openly-sealed.ts';
import { headerOf, startScriptedTrunk } from './peers/scripted-trunk.ts';
import { startTethered } from './peers/tethered-process.ts';
import { makeCertificate } from './peers/test-certificate.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const openJournal = async (): Promise<{ directory: string; journalPath: string }> => {
  const directory = await mkdtemp(join(tmpdir(), 'quietline-journal-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  return { directory, journalPath: join(directory, 'dialogs.jsonl') };
};

/** A phone that talks to a process which is then killed. */
async function leaveCall(transport: 'udp' | 'tcp' | 'tls'): Promise<{ phone: PatientPhone; journalPath: string; settings: Record<string, unknown> }> {
  const { directory, journalPath } = await openJournal();
  const certificate = transport === 'tls' ? await makeCertificate(directory) : undefined;
  const phone = await startPatientPhone({ number: '+15550100100', answer: 'auto', transport, ...(certificate === undefined ? {} : { certificate }) });
  cleanups.push(() => phone.close());
  const doomed = startTethered(process.execPath, [fileURLToPath(new URL('peers/doomed-carrier.ts', import.meta.url)), transport, String(phone.port), journalPath, ...(certificate === undefined ? [] : [join(directory, 'ca.pem')])]);
  cleanups.push(() => doomed.kill());
  await doomed.waitForOutput(/answered/, 10_000);
  await phone.nextEvent('CALL_ESTABLISHED', 3_000);
  await doomed.kill('SIGKILL');
  // Three digits alone may stand in a Call-ID, which is drawn.
  expect(await readFile(journalPath, 'utf8')).not.toMatch(/5550100100|5550199199/);
  return { phone, journalPath, settings: { transport, ...(certificate === undefined ? {} : { tlsCa: certificate.ca, tlsServerName: 'localhost' }) } };
}

describe.each(['udp', 'tcp', 'tls'] as const)('a call over %s left by a killed process', (transport) => {
  it('is ended by the next, which cannot read whose it was', async () => {
    const { phone, journalPath, settings } = await leaveCall(transport);
    await openNext(phone.port, journalPath, settings);
    await phone.nextEvent('CALL_CLOSED', 3_000);
    await expect.poll(() => readFile(journalPath, 'utf8'), { timeout: 3_000 }).toBe('');
  });

  it('is gone on with by the next, over a connection of its own, until that one ends it', async () => {
    const { phone, journalPath, settings } = await leaveCall(transport);
    const next = await openNext(phone.port, journalPath, { ...settings, journalSeal: openlySealed });
    expect(next.leftCalls().map(({ callId }) => callId)).toEqual(['c']);
    const heard: PartyLegEvent['type'][] = [];
    const leg = next.leftCalls()[0]!.resume(SDP.replace('4000', '4002'), (event) => heard.push(event.type));
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual(['reanswered']);
    expect(phone.events.some(({ type }) => type === 'CALL_CLOSED')).toBe(false);
    leg.hangUp();
    await phone.nextEvent('CALL_CLOSED', 3_000);
    await expect.poll(() => heard, { timeout: 3_000 }).toEqual(['reanswered', 'ended']);
    await expect.poll(() => readFile(journalPath, 'utf8'), { timeout: 3_000 }).toBe('');
  });
});

const SDP = 'v=0\r\no=t 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const openNext = async (port: number, journalPath: string | undefined, { journalSeal, ...settings }: Record<string, unknown> & { journalSeal?: typeof openlySealed } = {}, udpPort = 0): Promise<SipCarrier> => {
  const checked = checkTrunkSettings({ name: 'trunk', host: '127.0.0.1', port, optionsIntervalSec: 0, ...settings });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  const next = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort }, clock: systemClock, random: systemRandom, log: silentLog, journalPath, journalSeal });
  cleanups.push(() => next.close(500));
  return next;
};

it('a trunk that challenges the BYE of the next process is answered, and the journal says so only then', async () => {
  const { journalPath } = await openJournal();
  const trunk = await startScriptedTrunk();
  cleanups.push(() => trunk.close());
  const doomed = startTethered(process.execPath, [fileURLToPath(new URL('peers/doomed-carrier.ts', import.meta.url)), 'udp', String(trunk.port), journalPath]);
  cleanups.push(() => doomed.kill());
  trunk.answer(await trunk.take('INVITE'), '200 OK', ['Content-Type: application/sdp'], SDP);
  await doomed.waitForOutput(/answered/, 10_000);
  await doomed.kill('SIGKILL');

  await openNext(trunk.port, journalPath, { user: 'clinic', password: 'secret' });
  trunk.answer(await trunk.take('BYE'), '407 Proxy Authentication Required', ['Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"']);
  const answered = await trunk.take('BYE');
  expect(headerOf(answered, 'Proxy-Authorization')).toContain('username="clinic"');
  trunk.answer(answered, '200 OK');
  await expect.poll(() => readFile(journalPath, 'utf8'), { timeout: 3_000 }).toBe('');
});

it('a patient who picks up a call that a killed process was placing is not left on a silent line: acknowledged, and ended at once', async () => {
  const trunk = await startScriptedTrunk();
  cleanups.push(() => trunk.close());
  const doomed = startTethered(process.execPath, [fileURLToPath(new URL('peers/doomed-carrier.ts', import.meta.url)), 'udp', String(trunk.port), '']);
  cleanups.push(() => doomed.kill());
  const invite = await trunk.take('INVITE');
  trunk.answer(invite, '180 Ringing');
  await doomed.kill('SIGKILL');
  // The port of the trunk settings is the same after a restart.
  await openNext(trunk.port, undefined, {}, Number(/:(\d+)/.exec(headerOf(invite, 'Via'))![1]));
  trunk.answer(invite, '200 OK', ['Content-Type: application/sdp'], SDP);
  expect(headerOf(await trunk.take('ACK'), 'CSeq')).toBe('1 ACK');
  const bye = await trunk.take('BYE');
  expect(headerOf(bye, 'CSeq')).toBe('2 BYE');
  trunk.answer(bye, '200 OK');
});
