/** A trunk written as text: one UDP socket, whatever it is told to say, and every message it was sent. It shares no line of code with the stack it speaks to. */
import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';

export interface ScriptedTrunk {
  readonly port: number;
  /** Every message so far, in order. */
  readonly received: readonly string[];
  /** The next message not yet taken that begins so, and, with a Call-ID, is of that call. Repeats of one already taken are passed over. */
  take(beginning: string, callId?: string): Promise<string>;
  /** An answer to a request, its own headers copied as RFC 3261 8.2.6 asks. */
  answer(request: string, status: string, more?: readonly string[], body?: string): void;
  /** A request, complete but for Content-Length, and for its Via where `headers` have none. */
  ask(startLine: string, headers: readonly string[], body?: string): void;
  /** A request inside the dialog that this INVITE of theirs opened. */
  askInDialog(invite: string, method: string, cseq: number, more?: readonly string[], body?: string): void;
  close(): void;
}

const HOST = '127.0.0.1';
const TRUNK_TAG = 'scripted';

export const headerOf = (message: string, name: string): string => (new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(message)?.[1] ?? '').trim();

export async function startScriptedTrunk(): Promise<ScriptedTrunk> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, HOST, resolve));
  const { port } = socket.address();
  const received: string[] = [];
  const taken = new Set<string>();
  const waiting = new Set<() => void>();
  let peer: RemoteInfo | undefined;
  let branches = 0;
  socket.on('message', (datagram, from) => {
    peer = from;
    received.push(datagram.toString('latin1'));
    for (const wake of waiting) wake();
  });
  const send = (text: string): void => {
    if (peer !== undefined) socket.send(Buffer.from(text, 'latin1'), peer.port, peer.address);
  };
  const assemble = (lines: readonly string[], body: string): string => [...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');

  const ask = (startLine: string, headers: readonly string[], body = ''): void => {
    send(assemble([startLine, ...(headers.some((line) => line.startsWith('Via:')) ? [] : [`Via: SIP/2.0/UDP ${HOST}:${port};branch=z9hG4bKscripted${++branches};rport`]), ...headers], body));
  };

  return {
    port,
    received,
    take: (beginning, callId) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => settle(() => reject(new Error(`nothing that begins with "${beginning}" came; last: ${received.slice(-3).join('\n---\n')}`))), 15_000);
        const look = (): void => {
          // The Via's branch and the CSeq tell a message from its repeat.
          const found = received.find((message) => message.startsWith(beginning) && !taken.has(message) && (callId === undefined || headerOf(message, 'Call-ID') === callId));
          if (found === undefined) return;
          taken.add(found);
          settle(() => resolve(found));
        };
        const settle = (act: () => void): void => {
          clearTimeout(deadline);
          waiting.delete(look);
          act();
        };
        waiting.add(look);
        look();
      }),
    answer(request, status, more = [], body = '') {
      const to = headerOf(request, 'To');
      send(assemble([`SIP/2.0 ${status}`, ...request.split('\r\n').filter((line) => /^Via:/i.test(line)), `From: ${headerOf(request, 'From')}`, `To: ${to}${/;tag=/.test(to) || status.startsWith('100') ? '' : `;tag=${TRUNK_TAG}`}`, `Call-ID: ${headerOf(request, 'Call-ID')}`, `CSeq: ${headerOf(request, 'CSeq')}`, `Contact: <sip:trunk@${HOST}:${port}>`, ...more], body));
    },
    ask,
    askInDialog(invite, method, cseq, more = [], body = '') {
      const target = /<([^>]+)>/.exec(headerOf(invite, 'Contact'))?.[1] ?? '';
      ask(`${method} ${target} SIP/2.0`, ['Max-Forwards: 70', `From: ${headerOf(invite, 'To')};tag=${TRUNK_TAG}`, `To: ${headerOf(invite, 'From')}`, `Call-ID: ${headerOf(invite, 'Call-ID')}`, `CSeq: ${cseq} ${method}`, `Contact: <sip:trunk@${HOST}:${port}>`, ...more], body);
    },
    close: () => void socket.close(),
  };
}
