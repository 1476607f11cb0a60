/** One page's socket: parses what it says (contract/signalling.ts), hands it to the calls, answers. What does not parse, floods or comes out of turn closes the socket, with a reason. */
import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { CallId, DeviceId, MemberId, PartyNumber, PracticeId, SpokenMessageId } from '#contract/ids.ts';
import { assertNever } from '#contract/result.ts';
import { clientMessageSchema, signallingPath, socketCloseCodes } from '#contract/signalling.ts';
import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { SocketRoute } from '#server/platform/http/socket-server.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { MediaEngine } from '#server/telephony/index.ts';
import { readerOf, type MemberSession, type SignIn, type SocketTickets } from '../members/index.ts';
import type { AddParty } from './add-party.ts';
import type { CallStore } from './call-store.ts';
import { viewOfCall, viewOfRecord } from './call-view-policy.ts';
import { sendMessage } from './device-sockets.ts';
import type { DeviceSockets } from './device-sockets.ts';
import { fullBucket, takeFromBucket } from './flood-policy.ts';
import type { LiveCalls } from './live-calls.ts';
import type { NamesOf } from './names-of.ts';
import { createNetworkChecks } from './network-checks.ts';
import type { PlaceCall } from './place-call.ts';
import type { RingOwnPhone } from './ring-own-phone.ts';

export interface CallSignallingParts {
  tickets: SocketTickets;
  signIn: SignIn;
  live: LiveCalls;
  devices: DeviceSockets;
  store: CallStore;
  placeCall: PlaceCall;
  ringOwnPhone: RingOwnPhone;
  addParty: AddParty;
  engine: MediaEngine;
  namesOf: NamesOf;
  /** `number` is the party's: what is spoken by default is spoken in their language. */
  openMessage: (owner: { practiceId: PracticeId; memberId: MemberId }, id: SpokenMessageId, number: PartyNumber) => Promise<Int16Array | undefined>;
  /** Whether the member may call in a physician's name now. */
  mayCallFor: (session: MemberSession, physicianId: MemberId) => Promise<boolean>;
  clock: Clock;
  log: Log;
}

/** This process, by a name that says nothing else. */
const SERVER_RUN = randomUUID();
const PROTOCOL = 'quietline.v1';
const TICKET_PREFIX = 'ticket.';
/** From the socket's opening to its hello. */
const HELLO_TIMEOUT_MS = 5_000;
/** A network that vanished closes nothing: a socket that answers no ping of ours for two rounds is taken for gone. */
const PROBE_INTERVAL_MS = 10_000;
/** An end that is older than a session was either seen, or stands in the log. */
const UNSEEN_ENDS_MS = 12 * 3_600_000;

export function createCallSignalling(parts: CallSignallingParts): SocketRoute {
  const sockets = new Map<WebSocket, string>();
  parts.signIn.onSessionEnded((sessionId) => {
    for (const [socket, ofSession] of sockets) if (ofSession === sessionId) socket.close(socketCloseCodes.signedOut, 'signed out');
  });
  return {
    path: signallingPath,
    protocol: PROTOCOL,
    async admit(offered) {
      const ticket = offered.find((word) => word.startsWith(TICKET_PREFIX))?.slice(TICKET_PREFIX.length);
      const session = ticket === undefined ? undefined : parts.tickets.redeem(ticket);
      // The browser shows a page no status of a refused handshake: it is let in for just long enough to be told.
      if (session === undefined) return (socket) => socket.close(socketCloseCodes.ticketRefused, 'ticket used, old or unknown');
      return (socket) => {
        sockets.set(socket, session.id);
        socket.once('close', () => sockets.delete(socket));
        serveSocket(socket, session, parts);
      };
    },
  };
}

function serveSocket(socket: WebSocket, session: MemberSession, { signIn, live, devices, store, placeCall, addParty, ringOwnPhone, engine, namesOf, openMessage, mayCallFor, clock, log }: CallSignallingParts): void {
  const memberId = session.member.id;
  let deviceId: DeviceId | undefined;
  let bucket = fullBucket(clock.monotonic());
  let isProbeAnswered = true;
  // Messages are taken one after another: an attach is not overtaken by the mute that was sent after it.
  let turn: Promise<void> = Promise.resolve();

  const hello = clock.after(HELLO_TIMEOUT_MS, () => socket.close(socketCloseCodes.badMessage, 'no hello'));
  let probe = clock.after(PROBE_INTERVAL_MS, sendProbe);

  function sendProbe(): void {
    if (!isProbeAnswered) return socket.terminate();
    isProbeAnswered = false;
    socket.ping();
    probe = clock.after(PROBE_INTERVAL_MS, sendProbe);
  }

  const reply = (message: ServerMessage): void => {
    if (socket.readyState === socket.OPEN) sendMessage(socket, message);
  };

  const checks = createNetworkChecks({ engine, clock, log });
  const checkNetwork = async ({ requestId, offer }: Extract<ClientMessage, { type: 'check-network' }>): Promise<void> => {
    const checked = await checks.begin(requestId, offer);
    if (checked.ok) return reply({ type: 'check-answer', requestId, answer: checked.value });
    reply({ type: 'check-refused', requestId, refusal: checked.refusal });
  };

  const welcome = async (newDeviceId: DeviceId): Promise<void> => {
    const now = clock.now();
    const unseen = await store.takeUnseenEnds(session.practice.id, memberId, now - UNSEEN_ENDS_MS, now);
    const names = unseen.length === 0 ? undefined : await namesOf(readerOf(session), unseen.map(({ number }) => number));
    if (socket.readyState !== socket.OPEN) return;
    deviceId = newDeviceId;
    devices.open(memberId, newDeviceId, socket);
    const liveCalls = live.ofMember(memberId).map((each) => each.call());
    const calls = [
      ...liveCalls.map((call) => viewOfCall(call, newDeviceId)),
      ...unseen.filter(({ id }) => liveCalls.every((call) => call.id !== id)).map((record) => viewOfRecord(record, names?.get(record.number) ?? null)),
    ];
    reply({ type: 'welcome', calls, serverTime: new Date(clock.now()).toISOString(), serverRun: SERVER_RUN });
    // After the welcome: what changes by the return comes as a snapshot of its own.
    live.postToCarried(memberId, newDeviceId, { type: 'device-returned', deviceId: newDeviceId });
  };

  const dial = async (message: Extract<ClientMessage, { type: 'dial' }>, from: DeviceId): Promise<void> => {
    const { requestId, to, lineId, onBehalfOf, offer } = message;
    const { id, country, timeZone, isSandbox } = session.practice;
    const placed = await placeCall({ practice: { id, country, timeZone, isSandbox }, memberId, reader: readerOf(session), deviceId: from, requestId, typed: to, lineId, onBehalfOf, offer, mayDial: () => signIn.mayAct(session), mayCallFor: (physicianId) => mayCallFor(session, physicianId) });
    if (!placed.ok) {
      const { refusal, detail, endSession, isSessionOver } = placed.refusal;
      if (isSessionOver) return socket.close(socketCloseCodes.signedOut, 'session ended or locked');
      reply({ type: 'dial-refused', requestId, refusal, detail });
      if (endSession) await signIn.endSession(session, 'session-ended-for-abuse');
      return;
    }
    // The page may have gone while the call was made: its leaving was news of no call yet.
    if (!devices.isOpen(memberId, from)) live.postToCarried(memberId, from, { type: 'device-left', deviceId: from });
  };

  const add = async ({ requestId, callId, whom, isApart }: Extract<ClientMessage, { type: 'add-party' }>): Promise<void> => {
    const call = live.find(callId, memberId);
    if (call === undefined) return reply({ type: 'add-refused', requestId, callId, refusal: 'call-not-open', detail: null });
    const { id, country, timeZone, isSandbox } = session.practice;
    const added = await addParty({ practice: { id, country, timeZone, isSandbox }, memberId, reader: readerOf(session), call, whom, isApart, mayDial: () => signIn.mayAct(session) });
    if (added.ok) return;
    const { refusal, detail, endSession, isSessionOver } = added.refusal;
    if (isSessionOver) return socket.close(socketCloseCodes.signedOut, 'session ended or locked');
    reply({ type: 'add-refused', requestId, callId, refusal, detail });
    if (endSession) await signIn.endSession(session, 'session-ended-for-abuse');
  };

  const leaveMessage = async ({ requestId, callId, messageId, when }: Extract<ClientMessage, { type: 'leave-message' }>): Promise<void> => {
    const refuse = (): void => reply({ type: 'message-refused', requestId, callId });
    const call = live.find(callId, memberId);
    const samples = call === undefined ? undefined : await openMessage({ practiceId: session.practice.id, memberId }, messageId, call.call().number);
    if (samples === undefined || call === undefined || call.call().party !== 'answered') return refuse();
    call.leaveMessage(samples, when);
  };

  const ringPhone = async (callId: CallId): Promise<void> => {
    if (!(await signIn.mayAct(session))) return socket.close(socketCloseCodes.signedOut, 'session ended or locked');
    const { id, country, timeZone, isSandbox } = session.practice;
    const call = live.find(callId, memberId);
    if (call !== undefined) await ringOwnPhone(call, { id, country, timeZone, isSandbox });
  };

  const take = async (message: ClientMessage): Promise<void> => {
    if (message.type === 'hello') return deviceId === undefined ? welcome(message.deviceId) : socket.close(socketCloseCodes.badMessage, 'hello twice');
    if (deviceId === undefined) return socket.close(socketCloseCodes.badMessage, 'hello comes first');
    switch (message.type) {
      case 'dial': return dial(message, deviceId);
      case 'attach': {
        const { requestId, callId, offer } = message;
        const call = live.find(callId, memberId);
        if (call === undefined) return reply({ type: 'attach-refused', requestId, callId, refusal: 'call-ended' });
        return call.post({ type: 'device-offered', deviceId, requestId, offer });
      }
      // A command for a call that has just ended, or is not the member's, does nothing.
      case 'hang-up': return live.find(message.callId, memberId)?.post({ type: 'hang-up' });
      case 'hold': return live.find(message.callId, memberId)?.post({ type: 'hold', held: message.held });
      case 'mute': return live.find(message.callId, memberId)?.post({ type: 'mute', muted: message.muted });
      case 'dtmf': return live.find(message.callId, memberId)?.post({ type: 'dtmf', digits: message.digits });
      case 'ring-phone': return ringPhone(message.callId);
      case 'stop-phone': return live.find(message.callId, memberId)?.post({ type: 'stop-phone' });
      case 'add-party': return add(message);
      case 'drop-party': return live.find(message.callId, memberId)?.post({ type: 'drop-party', party: message.party });
      case 'mute-party': return live.find(message.callId, memberId)?.post({ type: 'mute-party', party: message.party, muted: message.muted });
      case 'hold-party': return live.find(message.callId, memberId)?.post({ type: 'hold-party', party: message.party, held: message.held });
      case 'leave-message': return leaveMessage(message);
      case 'device-report': return live.find(message.callId, memberId)?.noteReport(deviceId, message.report);
      case 'check-network': return checkNetwork(message);
      case 'end-check': return checks.end(message.requestId);
      case 'ping': return reply({ type: 'pong' });
      default: return assertNever(message);
    }
  };

  socket.on('message', (data, isBinary) => {
    const left = takeFromBucket(bucket, clock.monotonic());
    if (left === undefined) return socket.close(socketCloseCodes.flooded, 'too many messages');
    bucket = left;
    const message = isBinary ? undefined : readMessage(data as Buffer);
    if (message === undefined) return socket.close(socketCloseCodes.badMessage, 'not a message of this protocol');
    if (message.type === 'hello') hello.cancel();
    turn = turn
      .then(() => (socket.readyState === socket.OPEN ? take(message) : undefined))
      .catch((cause: unknown) => {
        log.error('message-failed', cause, { type: message.type });
        socket.close(1011, 'internal error');
      });
  });
  socket.on('pong', () => (isProbeAnswered = true));
  socket.once('close', () => {
    hello.cancel();
    probe.cancel();
    checks.endAll();
    if (deviceId !== undefined && devices.close(memberId, deviceId, socket)) live.postToCarried(memberId, deviceId, { type: 'device-left', deviceId });
  });
}

/** `ws` gives each message as one Buffer, unless told otherwise. */
function readMessage(data: Buffer): ClientMessage | undefined {
  try {
    return clientMessageSchema.safeParse(JSON.parse(data.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
