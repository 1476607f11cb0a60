/** rtpengine 10.5 as Debian ships it, in user space, driven over its ng protocol: a cookie, then a bencoded dictionary. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { audioPortOf, phoneAnswerOf, type Relay } from './relay.ts';

type NgValue = string | readonly string[];

function bencode(value: NgValue | Readonly<Record<string, NgValue>>): string {
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
  if (Array.isArray(value)) return `l${value.map(bencode).join('')}e`;
  return `d${Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, content]) => bencode(key) + bencode(content)).join('')}e`;
}

/** Only what we ask for: a string under a key, wherever the dictionary has it. */
function bencodedString(text: string, key: string): string | undefined {
  const found = new RegExp(`${key.length}:${key}(\\d+):`).exec(text);
  if (found === null) return undefined;
  const start = found.index + found[0].length;
  return text.slice(start, start + Number(found[1]));
}

/** Undefined where Debian's rtpengine is not installed. */
export async function startRtpengine(): Promise<Relay | undefined> {
  const socket = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
  const ngPort = 20_000 + (randomBytes(2).readUInt16BE(0) % 9000);
  const child = spawn('rtpengine', ['--table=-1', '--interface=127.0.0.1', `--listen-ng=127.0.0.1:${ngPort}`, '--foreground', '--log-stderr', '--log-level=1', '--port-min=50000', '--port-max=59998'], { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const isStarted = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
  });
  if (!isStarted || child.pid === undefined) {
    socket.close();
    return undefined;
  }
  const waiting = new Map<string, (body: string) => void>();
  socket.on('message', (message) => {
    const text = message.toString('latin1');
    const cookie = text.slice(0, text.indexOf(' '));
    waiting.get(cookie)?.(text.slice(cookie.length + 1));
    waiting.delete(cookie);
  });
  const command = async (content: Readonly<Record<string, NgValue>>): Promise<string> => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const cookie = randomBytes(8).toString('hex');
      const body = await new Promise<string | undefined>((resolve) => {
        const timer = setTimeout(() => resolve(undefined), 500);
        waiting.set(cookie, (answer) => {
          clearTimeout(timer);
          resolve(answer);
        });
        socket.send(Buffer.from(`${cookie} ${bencode(content)}`, 'latin1'), ngPort, '127.0.0.1');
      });
      if (body !== undefined) return body;
    }
    throw new Error('rtpengine does not answer');
  };
  await command({ command: 'ping' });

  return {
    name: 'rtpengine',
    pid: child.pid,
    async setUp(browserOffer, phonePort) {
      const callId = randomBytes(8).toString('hex');
      const offered = await command({ command: 'offer', 'call-id': callId, 'from-tag': 'browser', sdp: browserOffer, ICE: 'remove', 'transport-protocol': 'RTP/AVP', 'rtcp-mux': ['demux'], replace: ['origin'] });
      const phoneOffer = bencodedString(offered, 'sdp');
      if (phoneOffer === undefined) throw new Error(`rtpengine refused the offer: ${offered}`);
      const answered = await command({ command: 'answer', 'call-id': callId, 'from-tag': 'browser', 'to-tag': 'phone', sdp: phoneAnswerOf(phonePort), ICE: 'force', 'ICE-lite': 'backward', DTLS: 'passive', 'rtcp-mux': ['accept'] });
      const browserAnswer = bencodedString(answered, 'sdp');
      if (browserAnswer === undefined) throw new Error(`rtpengine refused the answer: ${answered}`);
      return { browserAnswer, phonePort: audioPortOf(phoneOffer) };
    },
    async stop() {
      process.removeListener('exit', kill);
      const exited = new Promise((resolve) => child.once('exit', resolve));
      kill();
      await exited;
      socket.close();
    },
  };
}
