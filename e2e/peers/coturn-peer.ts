/** Debian's coturn, set up with the file that deploy/turn has, and its own client to try it with. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTethered } from './tethered-process.ts';

const DEPLOYED = join(import.meta.dirname, '../../deploy/turn');

export interface CoturnPeer {
  output(): string;
  stop(): Promise<void>;
}

export interface CoturnOptions {
  /** What runs it in its namespace: put before the command. */
  readonly inside: readonly string[];
  readonly mediaAddress: string;
  readonly secret: string;
}

export async function startCoturn({ inside, mediaAddress, secret }: CoturnOptions): Promise<CoturnPeer> {
  const folder = mkdtempSync(join(tmpdir(), 'quietline-coturn-'));
  const settings = readFileSync(join(DEPLOYED, 'turnserver.conf'), 'utf8').replaceAll('PUT_THE_MEDIA_ADDRESS_HERE', mediaAddress).replace('PUT_THE_SECRET_HERE', secret);
  writeFileSync(join(folder, 'turnserver.conf'), `${settings}\nverbose\nuserdb=${folder}/turn.db\npidfile=${folder}/turn.pid\n`);
  const [command, ...words] = [...inside, 'turnserver', '-c', join(folder, 'turnserver.conf')];
  const peer = startTethered(command, words);
  await peer.waitForOutput(/TCP listener opened on : 127\.0\.0\.1:3478/, 20_000);
  return {
    output: () => peer.output(),
    async stop() {
      await peer.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The rules of deploy/turn for a media port. */
export const relayRules = ({ from, to }: { from: number; to: number }): string => readFileSync(join(DEPLOYED, 'relay.nft'), 'utf8').replace('PUT_THE_MEDIA_PORT_HERE', from === to ? String(from) : `${from}-${to}`);

/** As the server issues them, good until `expiresAtS`. */
export function credentialsFor(secret: string, expiresAtS: number): { username: string; password: string } {
  const username = `${expiresAtS}:test`;
  return { username, password: createHmac('sha1', secret).update(username).digest('base64') };
}

/** coturn's own client asks for an allocation and sends packets to the peer; a TURN client that is refused asks again and again, so this one is ended. */
export async function tryRelay(inside: readonly string[], { username, password }: { username: string; password: string }, peer: { address: string; port: number }, withinMs = 5_000): Promise<string> {
  const [command, ...words] = [...inside, 'turnutils_uclient', '-v', '-t', '-c', '-n', '3', '-m', '1', '-u', username, '-w', password, '-e', peer.address, '-r', String(peer.port), '127.0.0.1'];
  const client = startTethered(command, words);
  // That packets are out, or its last word; where its credentials are refused it says neither.
  await client.waitForOutput(/tot_send_msgs=[1-9]|403 |ERROR/, withinMs).catch(() => undefined);
  await client.kill();
  return client.output();
}
