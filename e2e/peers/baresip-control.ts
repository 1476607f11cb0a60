/** Speaks to baresip's ctrl_tcp module: JSON in netstrings over TCP. Owns the socket and the order of events; knows nothing of calls. */
import { connect, type Socket } from 'node:net';

/** What baresip says by itself; the fields that the tests read. */
export interface BaresipEvent {
  type: string;
  /** The far side's SIP address. */
  peeruri?: string;
  peerdisplayname?: string;
  id?: string;
  /** CALL_DTMF_START: the digit. CALL_CLOSED: why. */
  param?: string;
}

export interface BaresipControl {
  command(name: string, params?: string): Promise<string>;
  /** The first event of this type that no earlier call returned; those that came before the question count too. */
  nextEvent(type: string, timeoutMs?: number): Promise<BaresipEvent>;
  /** Every event so far, in order. */
  readonly events: readonly BaresipEvent[];
  close(): void;
}

interface Waiter {
  type: string;
  resolve: (event: BaresipEvent) => void;
}

/** Splits complete netstrings (`12:hello world!,`) off the front. */
function takeNetstrings(buffer: Buffer): { messages: string[]; rest: Buffer } {
  const messages: string[] = [];
  let rest = buffer;
  for (;;) {
    const colon = rest.indexOf(0x3a);
    if (colon < 0) return { messages, rest };
    const end = colon + 1 + Number(rest.toString('latin1', 0, colon));
    if (rest.length < end + 1) return { messages, rest };
    messages.push(rest.toString('utf8', colon + 1, end));
    rest = rest.subarray(end + 1);
  }
}

function openSocket(port: number, untilMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(socket));
      socket.once('error', (cause) => {
        if (Date.now() > untilMs) reject(cause);
        else setTimeout(attempt, 20);
      });
    };
    attempt();
  });
}

export async function connectBaresip(port: number, startTimeoutMs: number): Promise<BaresipControl> {
  const socket = await openSocket(port, Date.now() + startTimeoutMs);
  const events: BaresipEvent[] = [];
  const unread: BaresipEvent[] = [];
  const waiters: Waiter[] = [];
  const replies = new Map<string, { resolve: (data: string) => void; reject: (cause: Error) => void }>();
  let nextToken = 1;
  let buffered: Buffer = Buffer.alloc(0);

  const hearEvent = (event: BaresipEvent): void => {
    events.push(event);
    const index = waiters.findIndex((waiter) => waiter.type === event.type);
    if (index < 0) unread.push(event);
    else waiters.splice(index, 1)[0]!.resolve(event);
  };

  socket.on('data', (chunk) => {
    const { messages, rest } = takeNetstrings(Buffer.concat([buffered, chunk]));
    buffered = rest;
    for (const text of messages) {
      const message = JSON.parse(text) as { event?: boolean; response?: boolean; ok?: boolean; data?: string; token?: string } & BaresipEvent;
      if (message.event === true) {
        hearEvent(message);
        continue;
      }
      const reply = replies.get(message.token ?? '');
      replies.delete(message.token ?? '');
      if (message.ok === true) reply?.resolve(message.data ?? '');
      else reply?.reject(new Error(`baresip refused: ${message.data ?? ''}`));
    }
  });
  socket.on('error', () => socket.destroy());

  return {
    events,
    command(name, params) {
      const token = String(nextToken++);
      const text = JSON.stringify({ command: name, ...(params === undefined ? {} : { params }), token });
      return new Promise((resolve, reject) => {
        replies.set(token, { resolve, reject });
        socket.write(`${Buffer.byteLength(text)}:${text},`);
      });
    },
    nextEvent(type, timeoutMs = 15_000) {
      const index = unread.findIndex((event) => event.type === type);
      if (index >= 0) return Promise.resolve(unread.splice(index, 1)[0]!);
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          waiters.splice(waiters.indexOf(waiter), 1);
          reject(new Error(`The phone said no ${type} within ${timeoutMs} ms; it said: ${events.map((event) => event.type).join(' ')}`));
        }, timeoutMs);
        const waiter: Waiter = {
          type,
          resolve: (event) => {
            clearTimeout(deadline);
            resolve(event);
          },
        };
        waiters.push(waiter);
      });
    },
    close: () => socket.destroy(),
  };
}
