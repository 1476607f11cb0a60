/** Calls over TCP and TLS on a network that loses packets, in a network of its own: the kernel sends again what is lost, late; nothing is sent twice by us, and every call stands and ends. Needs root. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { buildHosts, canMakeNetworks } from './networks/namespaces.ts';
import { startKamailio } from './peers/kamailio-peer.ts';
import { startSipp } from './peers/sipp-peer.ts';
import { startTethered } from './peers/tethered-process.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const CALLS = 4;

/** Both ends on one host, whose loopback loses packets of TCP in each direction. */
function openLossyNetwork(): { inside: readonly string[]; lostCount: () => number } {
  const hosts = buildHosts(['lossy']);
  cleanups.push(() => hosts.close());
  hosts.run('lossy', 'iptables -A INPUT -i lo -p tcp -m statistic --mode random --probability 0.2 -j DROP');
  return { inside: hosts.inside('lossy'), lostCount: () => Number(/^\s*(\d+)/m.exec(hosts.run('lossy', 'iptables -L INPUT -v -n -x').split('\n').slice(2).join('\n'))?.[1] ?? 0) };
}

async function callAgainAndAgain(inside: readonly string[], ...words: string[]): Promise<{ answered: number; ends: string[]; dialogs: number }> {
  const [command, ...before] = [...inside, process.execPath];
  const caller = startTethered(command, [...before, '--disable-warning=ExperimentalWarning', fileURLToPath(new URL('peers/calls-in-a-row.ts', import.meta.url)), ...words]);
  cleanups.push(() => caller.kill());
  const [, report] = await caller.waitForOutput(/(\{.*\})/, 80_000);
  return JSON.parse(report!) as { answered: number; ends: string[]; dialogs: number };
}

const ALL_WELL = { answered: CALLS, ends: Array.from({ length: CALLS }, () => 'hung-up'), dialogs: 0 };

describe.skipIf(!canMakeNetworks)('a network that loses a fifth of TCP\'s packets', () => {
  it('carries calls to sipp over TCP', async () => {
    const { inside, lostCount } = openLossyNetwork();
    const sipp = await startSipp({ scenario: 'uas-patient', transport: 'tcp', calls: CALLS, timeoutSec: 80, inside });
    cleanups.push(() => sipp.stop());
    expect(await callAgainAndAgain(inside, 'tcp', String(sipp.port), String(CALLS))).toEqual(ALL_WELL);
    expect(lostCount()).toBeGreaterThan(0);
  }, 100_000);

  it('carries calls to Kamailio over TLS, and through it to sipp', async () => {
    const { inside, lostCount } = openLossyNetwork();
    const directory = await mkdtemp(join(tmpdir(), 'quietline-lossy-tls-'));
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const sipp = await startSipp({ scenario: 'uas-early-media', calls: CALLS, timeoutSec: 80, inside });
    cleanups.push(() => sipp.stop());
    const kamailio = await startKamailio({ relayTo: `127.0.0.1:${sipp.port}`, inside });
    cleanups.push(() => kamailio.stop());
    await writeFile(join(directory, 'ca.pem'), kamailio.ca);
    expect(await callAgainAndAgain(inside, 'tls', String(kamailio.tlsPort), String(CALLS), join(directory, 'ca.pem'))).toEqual(ALL_WELL);
    expect(lostCount()).toBeGreaterThan(0);
  }, 100_000);
});
