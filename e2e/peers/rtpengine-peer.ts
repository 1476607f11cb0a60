/** Debian's rtpengine in user space on loopback. */
import { freeUdpPort } from './free-port.ts';
import { startTethered } from './tethered-process.ts';

export interface RtpenginePeer {
  /** Where it takes the ng protocol. */
  readonly port: number;
  readonly pid: number;
  output(): string;
  stop(): Promise<void>;
}

export interface RtpengineOptions {
  /** What runs a command where it shall be: put before it. */
  inside?: readonly string[];
  interfaces?: readonly string[];
  /** Several side by side want ranges of their own; each call takes some ports of it. */
  ports?: { from: number; to: number };
}

export const RTPENGINE_PORTS = { from: 50_000, to: 54_998 };

export async function startRtpengine({ inside = [], interfaces = ['127.0.0.1'], ports = RTPENGINE_PORTS }: RtpengineOptions = {}): Promise<RtpenginePeer> {
  const port = await freeUdpPort();
  const [command, ...words] = [...inside, 'rtpengine'];
  const peer = startTethered(command, [
    ...words, '--config-file=none', '--table=-1', ...interfaces.map((name) => `--interface=${name}`), `--listen-ng=127.0.0.1:${port}`, '--foreground', '--log-stderr', '--log-level=6', `--port-min=${ports.from}`, `--port-max=${ports.to}`,
  ]);
  await peer.waitForOutput(/Startup complete/, 20_000);
  return { port, pid: peer.child.pid!, output: () => peer.output(), stop: () => peer.kill() };
}
