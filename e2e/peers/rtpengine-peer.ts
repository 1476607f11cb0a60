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

/** Several side by side want ranges of their own; each call takes some ports of it. */
export async function startRtpengine({ interfaces = ['127.0.0.1'], ports = { from: 50_000, to: 54_998 } }: { interfaces?: readonly string[]; ports?: { from: number; to: number } } = {}): Promise<RtpenginePeer> {
  const port = await freeUdpPort();
  const peer = startTethered('rtpengine', [
    '--config-file=none', '--table=-1', ...interfaces.map((name) => `--interface=${name}`), `--listen-ng=127.0.0.1:${port}`, '--foreground', '--log-stderr', '--log-level=6', `--port-min=${ports.from}`, `--port-max=${ports.to}`,
  ]);
  await peer.waitForOutput(/Startup complete/, 20_000);
  return { port, pid: peer.child.pid!, output: () => peer.output(), stop: () => peer.kill() };
}
