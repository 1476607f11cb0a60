/**
 * The first call, measured: how long the server holds a dial before its INVITE is on the wire, and an answer before the page
 * knows; how many calls a second it sets up, and at what cost, beside sipp calling sipp on the same machine.
 *
 * A call here is dialled by a page's socket, written to a database on disk, placed, answered, told to the page and hung up. Its
 * audio is negotiated at both ends and not sent: the DTLS handshake and the relay are media benches' business.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import { signallingPath } from '#contract/signalling.ts';
import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';
import { freeUdpPort } from '../e2e/peers/free-port.ts';
import { startTethered } from '../e2e/peers/tethered-process.ts';
import type { TetheredProcess } from '../e2e/peers/tethered-process.ts';
import { median, quantile, report } from './report.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' } } });
const RUNS = Number(options.runs);
const PATIENT = '+16125550123';
const CALLS_MEASURED_ALONE = 120;
const CALLS_AT_SPEED = 400;
const AT_ONCE = 16;
/** More than call at once: a member's socket is closed as flooded above 20 messages a second, and a call takes two. */
const MEMBERS = 48;

/** What a browser sends, with nobody behind it. */
const OFFER = [
  'v=0', 'o=- 4611731400430051336 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'a=msid-semantic: WMS',
  'm=audio 9 UDP/TLS/RTP/SAVPF 0 8 110', 'c=IN IP4 0.0.0.0', 'a=rtcp:9 IN IP4 0.0.0.0', 'a=ice-ufrag:bnch', 'a=ice-pwd:0123456789abcdefghijklmn', 'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, index) => (index + 16).toString(16).toUpperCase()).join(':')}`,
  'a=setup:actpass', 'a=mid:0', 'a=sendrecv', 'a=rtcp-mux', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:110 telephone-event/8000', 'a=ssrc:1234 cname:bench', '',
].join('\r\n');

interface Practice {
  readonly process: TetheredProcess;
  readonly pages: readonly Page[];
  /** Where its database lies. */
  readonly directory: string;
  close(): Promise<void>;
}

interface Page {
  send(message: ClientMessage): void;
  next(fits: (message: ServerMessage) => boolean): Promise<ServerMessage>;
  close(): void;
}

async function openPage(origin: string, ticket: string): Promise<Page> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${signallingPath}`, ['quietline.v1', `ticket.${ticket}`], { headers: { origin } });
  let waiter: { fits: (message: ServerMessage) => boolean; take: (message: ServerMessage) => void } | undefined;
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString('utf8')) as ServerMessage;
    if (message.type === 'dial-refused') throw new Error(`A dial was refused: ${message.refusal}.`);
    if (waiter?.fits(message) !== true) return;
    const { take } = waiter;
    waiter = undefined;
    take(message);
  });
  socket.once('close', (code) => {
    if (!isClosing) throw new Error(`A page's socket was closed: ${code}.`);
  });
  let isClosing = false;
  await once(socket, 'open');
  const page: Page = {
    send: (message) => socket.send(JSON.stringify(message)),
    next: (fits) => new Promise((take) => (waiter = { fits, take })),
    close() {
      isClosing = true;
      socket.close();
    },
  };
  const welcome = page.next(({ type }) => type === 'welcome');
  page.send({ type: 'hello', deviceId: crypto.randomUUID() as never });
  await welcome;
  return page;
}

async function openPractice(trunkPort: number, members: number): Promise<Practice> {
  const process_ = startTethered(process.execPath, ['--disable-warning=ExperimentalWarning', `${import.meta.dirname}/first-call-practice.ts`, String(trunkPort), String(members)]);
  const [text] = await process_.waitForOutput(/^\{.*\}$/m, 60_000);
  const { origin, directory, tickets } = JSON.parse(text) as { origin: string; directory: string; tickets: string[] };
  const pages: Page[] = [];
  for (const ticket of tickets) pages.push(await openPage(origin, ticket));
  return {
    process: process_,
    pages,
    directory,
    async close() {
      for (const page of pages) page.close();
      const ended = once(process_.child, 'exit');
      process_.child.kill('SIGTERM');
      await ended;
    },
  };
}

const isState = (state: string) => (message: ServerMessage): boolean => message.type === 'call' && message.call.state === state;

async function callOnce(page: Page, marks?: { dialledAt(): void; talkingAt(): void }): Promise<void> {
  const talking = page.next(isState('talking'));
  marks?.dialledAt();
  page.send({ type: 'dial', requestId: 'bench', to: PATIENT, offer: OFFER });
  const message = await talking;
  marks?.talkingAt();
  if (message.type !== 'call') return;
  const ended = page.next(isState('ended'));
  page.send({ type: 'hang-up', callId: message.call.id });
  await ended;
}

/** A telephone that answers at once and notes when: the least a user agent server can be, so that what is measured is ours. */
async function openStopwatchPhone(): Promise<{ socket: Socket; port: number; invitedAt: number; answeredAt: number }> {
  const socket = createSocket('udp4');
  const phone = { socket, port: 0, invitedAt: 0, answeredAt: 0 };
  socket.on('message', (data, { port, address }) => {
    const now = performance.now();
    const text = data.toString('latin1');
    const method = text.slice(0, text.indexOf(' '));
    if (method !== 'INVITE' && method !== 'BYE' && method !== 'CANCEL') return;
    if (method === 'INVITE') phone.invitedAt = now;
    const copied = text.split('\r\n').filter((line) => /^(via|from|call-id|cseq):/i.test(line));
    const to = text.split('\r\n').find((line) => /^to:/i.test(line)) ?? '';
    const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 40000 RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000', ''].join('\r\n');
    const body = method === 'INVITE' ? sdp : '';
    const head = ['SIP/2.0 200 OK', ...copied, to.includes('tag=') ? to : `${to};tag=stopwatch`, `Contact: <sip:127.0.0.1:${phone.port}>`, ...(body === '' ? [] : ['Content-Type: application/sdp']), `Content-Length: ${body.length}`];
    if (method === 'INVITE') phone.answeredAt = performance.now();
    socket.send(`${head.join('\r\n')}\r\n\r\n${body}`, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  phone.port = socket.address().port;
  return phone;
}

async function measureAlone(): Promise<{ toInvite: number[]; toPage: number[] }> {
  const phone = await openStopwatchPhone();
  const practice = await openPractice(phone.port, MEMBERS);
  const toInvite: number[] = [];
  const toPage: number[] = [];
  for (let count = 0; count < CALLS_MEASURED_ALONE; count++) {
    let dialledAt = 0;
    let talkingAt = 0;
    await callOnce(practice.pages[count % MEMBERS]!, { dialledAt: () => (dialledAt = performance.now()), talkingAt: () => (talkingAt = performance.now()) });
    // The first calls compile the code they run through.
    if (count < 20) continue;
    toInvite.push(phone.invitedAt - dialledAt);
    toPage.push(talkingAt - phone.answeredAt);
  }
  await practice.close();
  phone.socket.close();
  return { toInvite, toPage };
}

/** User and system time of a process and its children that live, ms. */
function cpuMs(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** The database's processes are found by where they work: they outlive their parent, and are nobody's children. */
function databaseCpuMs(directory: string): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).reduce((sum, name) => {
    try {
      return readlinkSync(`/proc/${name}/cwd`).startsWith(directory) ? sum + cpuMs(Number(name)) : sum;
    } catch {
      return sum;
    }
  }, 0);
}

async function startSippAnswering(): Promise<{ port: number; process: TetheredProcess }> {
  const port = await freeUdpPort();
  const answering = startTethered('sipp', ['-sn', 'uas', '-i', '127.0.0.1', '-p', String(port), '-nostdin']);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { port, process: answering };
}

async function measureAtSpeed(): Promise<{ rate: number; cpuPerCallMs: number; databasePerCallMs: number }> {
  const sipp = await startSippAnswering();
  const practice = await openPractice(sipp.port, MEMBERS);
  const pid = practice.process.child.pid!;
  for (const page of practice.pages) await callOnce(page);
  let left = CALLS_AT_SPEED;
  const cpuBefore = cpuMs(pid);
  const databaseBefore = databaseCpuMs(practice.directory);
  const startedAt = performance.now();
  const free = [...practice.pages];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const page = free.shift()!;
      await callOnce(page);
      free.push(page);
    }
  }));
  const seconds = (performance.now() - startedAt) / 1_000;
  const found = { rate: CALLS_AT_SPEED / seconds, cpuPerCallMs: (cpuMs(pid) - cpuBefore) / CALLS_AT_SPEED, databasePerCallMs: (databaseCpuMs(practice.directory) - databaseBefore) / CALLS_AT_SPEED };
  await practice.close();
  await sipp.process.kill();
  return found;
}

/** sipp calling sipp: as many at once as ours, each call answered and hung up at once. */
async function measureSipp(): Promise<{ rate: number; cpuPerCallMs: number }> {
  const sipp = await startSippAnswering();
  const count = 4_000;
  const script = `TIMEFORMAT='%R %U %S'; time sipp -sn uac 127.0.0.1:${sipp.port} -i 127.0.0.1 -d 0 -m ${count} -r 2000 -l ${AT_ONCE} -nostdin >/dev/null 2>&1`;
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'exit');
  await sipp.process.kill();
  const [real = 0, user = 0, system = 0] = text.trim().split(/\s+/).map(Number);
  return { rate: count / real, cpuPerCallMs: ((user + system) * 1_000) / count };
}

const alone: Awaited<ReturnType<typeof measureAlone>>[] = [];
const atSpeed: Awaited<ReturnType<typeof measureAtSpeed>>[] = [];
const peers: Awaited<ReturnType<typeof measureSipp>>[] = [];
for (let run = 0; run < RUNS; run++) {
  alone.push(await measureAlone());
  atSpeed.push(await measureAtSpeed());
  peers.push(await measureSipp());
}
const of = <Value>(runs: readonly Value[], read: (run: Value) => number): number => median(runs.map(read));
const sippVersion = /v[\d.]+/.exec(await new Promise<string>((resolve) => {
  const child = spawn('sipp', ['-v']);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.once('close', () => resolve(text));
}))?.[0];
report('first-call', { runs: RUNS, versions: { sipp: sippVersion ?? 'unknown' }, note: 'page, server, database and sipp share the machine' }, [
  { metric: 'dial at the page to INVITE on the wire, median', unit: 'ms', ours: of(alone, ({ toInvite }) => median(toInvite)), goal: 20, goalOf: 'ours', better: 'less' },
  { metric: 'dial at the page to INVITE on the wire, p95', unit: 'ms', ours: of(alone, ({ toInvite }) => quantile(toInvite, 0.95)), goal: 40, goalOf: 'ours', better: 'less' },
  { metric: '200 on the wire to "talking" at the page, median', unit: 'ms', ours: of(alone, ({ toPage }) => median(toPage)), goal: 3, goalOf: 'ours', better: 'less' },
  { metric: '200 on the wire to "talking" at the page, p95', unit: 'ms', ours: of(alone, ({ toPage }) => quantile(toPage, 0.95)), goal: 10, goalOf: 'ours', better: 'less' },
  { metric: 'whole calls a second, 16 members dialling', unit: 'calls/s', ours: of(atSpeed, ({ rate }) => rate), peer: of(peers, ({ rate }) => rate), peerName: 'sipp to sipp', goal: 40, goalOf: 'ours', better: 'more' },
  { metric: 'CPU a call, server', unit: 'ms', ours: of(atSpeed, ({ cpuPerCallMs }) => cpuPerCallMs), peer: of(peers, ({ cpuPerCallMs }) => cpuPerCallMs), peerName: 'sipp to sipp', goal: 15, goalOf: 'ours', better: 'less' },
  { metric: 'CPU a call, database', unit: 'ms', ours: of(atSpeed, ({ databasePerCallMs }) => databasePerCallMs), goal: 15, goalOf: 'ours', better: 'less' },
], options.json);
