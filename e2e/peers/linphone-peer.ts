/** linphone's console as a telephone: liblinphone's own SIP, SDP and RTP, told what to do by words on its input. Hears and speaks files, since a test machine has no soundcard. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort, freeUdpPort } from './free-port.ts';

export interface LinphonePeer {
  readonly port: number;
  /** Calls this address: sip:user@host:port;transport=tcp. */
  call(address: string): void;
  hangUp(): void;
  /** Resolves once its output has such words, those before the question included. */
  says(pattern: RegExp, timeoutMs?: number): Promise<string>;
  stop(): Promise<void>;
}

export interface LinphoneOptions {
  transport: 'udp' | 'tcp' | 'tls';
  /** Answers by itself. */
  answers?: boolean;
  /** What stands in its Contact, where a relay stands in between. */
  contactPort?: number;
}

export async function startLinphone(options: LinphoneOptions): Promise<LinphonePeer> {
  const directory = await mkdtemp(join(tmpdir(), 'quietline-linphone-'));
  const port = options.transport === 'udp' ? await freeUdpPort() : await freeTcpPort();
  // Without the folder of its database it starts, and listens nowhere.
  await mkdir(join(directory, '.local/share/linphone'), { recursive: true });
  const ports = { udp: 0, tcp: 0, tls: 0, [options.transport]: port };
  await writeFile(
    join(directory, 'linphonerc'),
    [
      '[sip]', `sip_port=${ports.udp}`, `sip_tcp_port=${ports.tcp}`, `sip_tls_port=${ports.tls}`, 'default_proxy=-1', 'guess_hostname=0', 'use_ipv6=0', 'auto_net_state_mon=0', 'verify_server_certs=0', 'verify_server_cn=0',
      `contact="patient" <sip:+15550177177@127.0.0.1:${options.contactPort ?? port}>`, '[net]', 'nat_policy=none', '[rtp]', `audio_rtp_port=${await freeUdpPort()}`, '[audio_codec_0]', 'mime=PCMU', 'rate=8000', 'enabled=1', '',
    ].join('\n'),
  );
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'linphonec', ...(options.answers === true ? ['-a'] : []), '-c', join(directory, 'linphonerc')], { cwd: directory, env: { ...process.env, HOME: directory }, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const waiting = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
    for (const wake of waiting) wake();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.stdin.on('error', () => {});
  const ended = once(child, 'exit');
  const tell = (words: string): void => void child.stdin.write(`${words}\n`);
  const says = (pattern: RegExp, timeoutMs = 20_000): Promise<string> =>
    new Promise((resolve, reject) => {
      const deadline = setTimeout(() => settle(() => reject(new Error(`linphone never said ${pattern}:\n${output.slice(-2_000)}`))), timeoutMs);
      const look = (): void => {
        const match = pattern.exec(output);
        if (match !== null) settle(() => resolve(match[0]));
      };
      const settle = (act: () => void): void => {
        clearTimeout(deadline);
        waiting.delete(look);
        act();
      };
      waiting.add(look);
      look();
    });
  await says(/linphonec> /);
  tell('soundcard use files');
  return {
    port,
    call: (address) => tell(`call ${address}`),
    hangUp: () => tell('terminate'),
    says,
    async stop() {
      tell('quit');
      const deadline = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(deadline);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
