/** Run as a process: floods a SIP port from 127.0.0.2, which no trunk is at, with scans, torn messages and noise. Words: PORT RATE SECONDS. */
import { createSocket } from 'node:dgram';

const [port, rate, seconds] = process.argv.slice(2).map(Number) as [number, number, number];
const scan = (method: string, n: number): string =>
  `${method} sip:${n}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK${n};rport\r\nMax-Forwards: 70\r\nFrom: "sipvicious"<sip:100@1.1.1.1>;tag=${n}\r\nTo: <sip:100@1.1.1.1>\r\nCall-ID: ${n}\r\nCSeq: 1 ${method}\r\nContact: <sip:100@127.0.0.2:5060>\r\nUser-Agent: friendly-scanner\r\nContent-Length: 0\r\n\r\n`;
const socket = createSocket('udp4');
await new Promise<void>((resolve) => socket.bind(0, '127.0.0.2', resolve));
let answers = 0;
socket.on('message', () => answers++);
let sent = 0;
const startedMs = performance.now();
while (performance.now() - startedMs < seconds * 1_000) {
  const due = Math.min(rate * seconds, ((performance.now() - startedMs) / 1_000) * rate);
  for (; sent < due; sent++) {
    const kind = sent % 4;
    const text = kind === 0 ? scan('OPTIONS', sent) : kind === 1 ? scan('INVITE', sent) : kind === 2 ? scan('REGISTER', sent).slice(0, 40 + (sent % 300)) : '\u0000'.repeat(sent % 500);
    socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1');
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
process.stdout.write(`${JSON.stringify({ sent, answers })}\n`);
socket.close();
