/** The machines of a call: our INVITE, their INVITE, the session between, its timers. The session's whole state x event table stands at the end. */
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../messages/parse-message-codec.ts';
import type { SipRequest, SipResponse } from '../messages/message.ts';
import { RFC_TIMERS } from '../transactions/timer-values.ts';
import { startAnswerRepeat, stepAnswerRepeat } from './answer-repeat-machine.ts';
import { addressRequest, countRequest, openAsCallee, openAsCaller, takeAnswer, takeRequest } from './dialog-machine.ts';
import type { DialogState } from './dialog-machine.ts';
import { stepUac, UAC_START } from './invite-uac-machine.ts';
import type { UacEvent, UacState } from './invite-uac-machine.ts';
import { stepUas, UAS_START } from './invite-uas-machine.ts';
import { startSession, stepSession } from './session-machine.ts';
import type { SessionEvent, SessionState } from './session-machine.ts';
import { answerSessionTimer, parseSessionExpires, readSessionTimer, timerDelays } from './session-timer-policy.ts';

const types = (effects: readonly { type: string }[]): string[] => effects.map((effect) => effect.type);
const runUac = (...events: UacEvent[]): { state: UacState; effects: string[] } => {
  let state = UAC_START;
  const effects: string[] = [];
  for (const event of events) {
    const step = stepUac(state, event);
    state = step.state;
    effects.push(...step.effects.map((effect) => ('tag' in effect ? `${effect.type} ${effect.tag}` : effect.type)));
  }
  return { state, effects: effects.filter((effect) => effect !== 'disarm') };
};
const ringing: UacEvent = { type: 'provisional', status: 180, tag: 'a', answer: undefined };
const answered = (tag: string): UacEvent => ({ type: 'answered', tag, answer: 'sdp' });
const hangUp: UacEvent = { type: 'hang-up', cause: 'cancelled' };

describe('our INVITE', () => {
  it('cancels only once something was heard', () => {
    expect(runUac(ringing, hangUp).effects).toEqual(['tell-progress', 'cancel', 'arm']);
    expect(runUac(hangUp).effects).toEqual(['stop-retrying', 'arm']);
    expect(runUac(hangUp, ringing).effects).toEqual(['stop-retrying', 'arm', 'cancel']);
  });
  it('acknowledges and ends an answer that crossed the CANCEL', () => {
    const { state, effects } = runUac(ringing, hangUp, answered('a'), { type: 'refused', status: 487 });
    expect(effects).toEqual(['tell-progress', 'cancel', 'arm', 'ack-and-bye a', 'ended']);
    expect(state.phase).toBe('ended');
  });
  it('keeps the first fork, ends every other once, and repeats ACKs', () => {
    expect(runUac(ringing, answered('a'), answered('b'), answered('b'), answered('a')).effects).toEqual(['tell-progress', 'establish a', 'ack-and-bye b', 'repeat-ack b', 'repeat-ack a']);
  });
  it('takes the early answer where the 200 has none, and ends a call that has no answer at all', () => {
    const early: UacEvent = { type: 'provisional', status: 183, tag: 'a', answer: 'early' };
    const step = stepUac(stepUac(UAC_START, early).state, { type: 'answered', tag: 'a', answer: undefined });
    expect(step.effects).toContainEqual({ type: 'establish', tag: 'a', answer: 'early' });
    expect(runUac(early, { type: 'answered', tag: 'b', answer: undefined }).effects).toEqual(['tell-progress', 'ack-and-bye b', 'ended']);
  });
  it('ends exactly once in any order of any events', () => {
    const all: UacEvent[] = [ringing, answered('a'), answered('b'), hangUp, { type: 'ring-timeout' }, { type: 'guard' }, { type: 'refused', status: 486 }, { type: 'failed', why: 'timeout' }];
    for (const one of all) for (const two of all) for (const three of all) for (const four of all) {
      const { state, effects } = runUac(one, two, three, four);
      const outcomes = effects.filter((effect) => effect === 'ended' || effect.startsWith('establish')).length;
      expect(outcomes).toBe(state.phase === 'answered' || state.phase === 'ended' ? 1 : 0);
    }
  });
});

describe('their INVITE', () => {
  it('rings, repeats its ringing each minute, and is answered once', () => {
    const ring = stepUas(UAS_START, { type: 'progress', status: 180, sdp: undefined });
    expect(types(stepUas(ring.state, { type: 'minute' }).effects)).toEqual(['respond', 'arm-minute']);
    const answer = stepUas(ring.state, { type: 'answer', sdp: 'x' });
    expect(types(answer.effects)).toEqual(['disarm-minute', 'establish']);
    for (const event of [{ type: 'answer', sdp: 'x' }, { type: 'reject', status: 486 }, { type: 'peer-cancelled' }, { type: 'peer-bye' }, { type: 'minute' }] as const) expect(stepUas(answer.state, event).effects).toEqual([]);
  });
  it('is answered 487 when cancelled', () => expect(stepUas(UAS_START, { type: 'peer-cancelled' }).effects).toContainEqual({ type: 'respond', status: 487, sdp: undefined }));
});

describe('a 2xx without its ACK', () => {
  it('is repeated at T1, doubling to T2, for 64*T1', () => {
    const atMs: number[] = [];
    let nowMs = 0;
    let step = startAnswerRepeat(RFC_TIMERS);
    while (step.next === 'wait') {
      nowMs += step.afterMs;
      step = stepAnswerRepeat(step.state, RFC_TIMERS);
      if (step.next === 'wait') atMs.push(nowMs);
    }
    expect(atMs).toEqual([500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(nowMs).toBe(32_000);
  });
});

describe('a dialog', () => {
  const response = parseMessage(
    'SIP/2.0 200 OK\r\nVia: x\r\nRecord-Route: <sip:p2;lr>, <sip:p1;lr>\r\nFrom: <sip:us@a>;tag=u\r\nTo: <sip:them@b>;tag=t\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nContact: <sip:them@192.0.2.5:5062>\r\n\r\n',
  ) as SipResponse;
  const dialog = openAsCaller({ callId: 'c', localTag: 'u', local: { uri: 'sip:us@a' }, cseq: 7, requestUri: 'sip:them@b' }, response)!;
  const inside = (cseq: number, method: string, contact = ''): SipRequest => parseMessage(`${method} sip:us@a SIP/2.0\r\nVia: x\r\nCSeq: ${cseq} ${method}\r\n${contact}\r\n`) as SipRequest;

  it('takes the routes in reverse as the caller, and goes along them', () => {
    expect(addressRequest(dialog)).toEqual({ uri: 'sip:them@192.0.2.5:5062', routes: ['<sip:p1;lr>', '<sip:p2;lr>'], nextHop: 'sip:p1;lr' });
    expect(countRequest(dialog).cseq).toBe(8);
  });
  it('puts a strict router into the request-URI', () => {
    expect(addressRequest({ ...dialog, routes: ['<sip:strict>', '<sip:p2;lr>'] })).toEqual({ uri: 'sip:strict', routes: ['<sip:p2;lr>', '<sip:them@192.0.2.5:5062>'], nextHop: 'sip:strict' });
  });
  it('refuses requests out of order and follows a moved target', () => {
    const first = takeRequest(dialog, inside(5, 'INVITE', 'Contact: <sip:new@192.0.2.6>\r\n'));
    expect(first).toMatchObject({ isInOrder: true, state: { remoteTarget: 'sip:new@192.0.2.6', remoteCSeq: 5 } });
    expect(takeRequest(first.state, inside(5, 'BYE')).isInOrder).toBe(false);
    expect(takeRequest(first.state, inside(4, 'BYE')).isInOrder).toBe(false);
    expect(takeRequest(first.state, inside(6, 'INFO', 'Contact: <sip:evil@192.0.2.9>\r\n')).state.remoteTarget).toBe('sip:new@192.0.2.6');
    expect(takeAnswer(first.state, response).remoteTarget).toBe('sip:them@192.0.2.5:5062');
  });
  it('keeps the order of the routes as the callee', () => {
    const invite = parseMessage('INVITE sip:us@a SIP/2.0\r\nVia: x\r\nRecord-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\nFrom: <sip:them@b>;tag=t\r\nTo: <sip:us@a>\r\nCall-ID: c\r\nCSeq: 3 INVITE\r\nContact: <sip:them@b>\r\n\r\n') as SipRequest;
    const state: DialogState | undefined = openAsCallee(invite, 'u');
    expect(state).toMatchObject({ localTag: 'u', remoteTag: 't', remoteCSeq: 3, routes: ['<sip:p1;lr>', '<sip:p2;lr>'] });
  });
});

describe('session timers (RFC 4028)', () => {
  const wish = { intervalSec: 1_800, minSec: 90 };
  it('answers 422 only to those who know timers', () => {
    expect(answerSessionTimer({ expires: { seconds: 60, refresher: undefined }, minSec: undefined, peerSupportsTimer: true }, wish)).toEqual({ kind: 'too-small', minSec: 90 });
    expect(answerSessionTimer({ expires: { seconds: 60, refresher: undefined }, minSec: undefined, peerSupportsTimer: false }, wish)).toMatchObject({ kind: 'timer', timer: { intervalSec: 90, weRefresh: true } });
  });
  it('leaves the caller the role it asks for, and takes it where the caller knows no timers', () => {
    expect(answerSessionTimer({ expires: { seconds: 600, refresher: 'uas' }, minSec: undefined, peerSupportsTimer: true }, wish)).toMatchObject({ timer: { intervalSec: 600, weRefresh: true }, requireTimer: false });
    expect(answerSessionTimer({ expires: { seconds: 600, refresher: undefined }, minSec: undefined, peerSupportsTimer: true }, wish)).toMatchObject({ timer: { weRefresh: false }, requireTimer: true });
    expect(answerSessionTimer({ expires: undefined, minSec: 2_000, peerSupportsTimer: false }, wish)).toMatchObject({ timer: { intervalSec: 2_000, weRefresh: true } });
  });
  it('reads what a 2xx agreed', () => {
    expect(readSessionTimer(parseSessionExpires('900;refresher=uas'), wish)).toEqual({ intervalSec: 900, weRefresh: false });
    expect(readSessionTimer(undefined, wish)).toEqual({ intervalSec: 1_800, weRefresh: true });
    expect(readSessionTimer(parseSessionExpires('99999999999'), wish).intervalSec).toBe(1_800);
    expect(readSessionTimer(parseSessionExpires('4000000000'), wish).intervalSec).toBe(86_400);
  });
  it('refreshes at half time, and gives up a third or 32 s before the end', () => {
    expect(timerDelays({ intervalSec: 1_800, weRefresh: true })).toEqual({ refreshAfterMs: 900_000, expireAfterMs: 1_800_000 });
    expect(timerDelays({ intervalSec: 1_800, weRefresh: false })).toEqual({ refreshAfterMs: undefined, expireAfterMs: 1_768_000 });
    expect(timerDelays({ intervalSec: 90, weRefresh: false }).expireAfterMs).toBe(60_000);
  });
});

describe('a session', () => {
  const idle = startSession({ isCaller: true, theirs: 'idle', localSdp: 'ours', remoteSdp: 'theirs', peerAllowsUpdate: false });
  const run = (from: SessionState, ...events: SessionEvent[]): { state: SessionState; effects: string[] } => {
    let state = from;
    const effects: string[] = [];
    for (const event of events) {
      const step = stepSession(state, event);
      state = step.state;
      effects.push(...step.effects.map((effect) => ('status' in effect ? `${effect.type} ${effect.status}` : 'timer' in effect ? `${effect.type} ${effect.timer}` : effect.type)));
    }
    return { state, effects };
  };
  const reoffer = (offer: string): SessionEvent => ({ type: 'reoffer', offer });
  const peerOffered: SessionEvent = { type: 'peer-offered', method: 'INVITE', offer: 'new' };
  const result = (status: number, answer?: string): SessionEvent => ({ type: 'reoffer-answered', status, answer, retryAfterSec: undefined });

  it('refuses theirs while ours is under way, and the other way round waits', () => {
    expect(run(idle, reoffer('a'), peerOffered).effects).toEqual(['send-reinvite', 'refuse-newcomer 491']);
    expect(run(idle, peerOffered, reoffer('a'), { type: 'user-answered', answer: 'b' }, { type: 'acked', answer: undefined }).effects).toEqual(['tell-offered', 'answer-peer 200', 'send-reinvite']);
    expect(run(idle, peerOffered, peerOffered).effects).toEqual(['tell-offered', 'refuse-newcomer 500']);
  });
  it('waits out a glare, longer where the Call-ID is ours, and sends the newest wish', () => {
    const lost = run(idle, reoffer('a'), result(491));
    expect(lost.effects).toEqual(['send-reinvite', 'arm glare']);
    expect(stepSession(run(idle, reoffer('a')).state, result(491)).effects).toEqual([{ type: 'arm', timer: 'glare', fromMs: 2_100, toMs: 4_000 }]);
    expect(stepSession(run({ ...idle, isCaller: false }, reoffer('a')).state, result(491)).effects).toEqual([{ type: 'arm', timer: 'glare', fromMs: 0, toMs: 2_000 }]);
    expect(run(lost.state, reoffer('b'), { type: 'glare-over' }).state.offer).toBe('b');
  });
  it('goes on as it was when an offer is refused, and ends when the dialog is said to be gone', () => {
    expect(run(idle, reoffer('a'), result(488)).effects).toEqual(['send-reinvite', 'tell-refused 488']);
    expect(run(idle, reoffer('a'), result(481)).effects).toContain('send-bye');
    expect(run(idle, reoffer('a'), { type: 'reoffer-failed' }).state).toMatchObject({ phase: 'ending', hangUpCause: 'connection-lost' });
  });
  it('asks an offerless caller for the answer in its ACK', () => {
    const asked = run(idle, { type: 'peer-offered', method: 'INVITE', offer: undefined }, { type: 'user-answered', answer: 'our offer' });
    expect(asked.state.theirs).toBe('acking-offer');
    expect(run(asked.state, { type: 'acked', answer: 'their answer' })).toMatchObject({ effects: ['tell-reanswered'], state: { localSdp: 'our offer', remoteSdp: 'their answer' } });
    expect(run(asked.state, { type: 'acked', answer: undefined }).effects).toContain('send-bye');
  });
  it('holds its BYE back until the ACK came, or will not come', () => {
    const acking: SessionState = { ...idle, theirs: 'acking' };
    expect(run(acking, { type: 'hang-up', cause: 'hung-up' }).effects).not.toContain('send-bye');
    expect(run(acking, { type: 'hang-up', cause: 'hung-up' }, { type: 'acked', answer: undefined }).effects).toContain('send-bye');
    expect(run(acking, { type: 'ack-missing' }).effects).toContain('send-bye');
  });
  it('refreshes by UPDATE, or by re-INVITE where the peer knows none, quietly', () => {
    expect(run({ ...idle, peerAllowsUpdate: true }, { type: 'refresh-due' }).effects).toEqual(['send-update']);
    expect(run({ ...idle, peerAllowsUpdate: true }, { type: 'refresh-due' }, { type: 'update-answered', status: 405 }).effects).toEqual(['send-update', 'send-reinvite']);
    expect(run(idle, { type: 'refresh-due' }, result(200, 'theirs')).effects).toEqual(['send-reinvite', 'ack-reinvite']);
    expect(run(idle, { type: 'refresh-due' }, result(200, 'moved')).effects).toEqual(['send-reinvite', 'ack-reinvite', 'tell-reanswered']);
  });
  it('tries a refused refresh again, so that a peer that was busy for a moment does not cost the call', () => {
    expect(run(idle, { type: 'refresh-due' }, result(503)).effects).toEqual(['send-reinvite', 'arm refresh']);
    expect(run({ ...idle, peerAllowsUpdate: true }, { type: 'refresh-due' }, { type: 'update-answered', status: 500 }).effects).toEqual(['send-update', 'arm refresh']);
    expect(stepSession(run(idle, { type: 'refresh-due' }).state, result(503)).effects).toEqual([{ type: 'arm', timer: 'refresh', fromMs: 10_000, toMs: 20_000 }]);
  });
  it('answers what is open when the peer ends the call', () => {
    expect(run(idle, peerOffered, { type: 'peer-bye' }).effects).toEqual(['tell-offered', 'answer-peer 487', 'disarm glare', 'disarm refresh', 'disarm expiry', 'ended', 'finished']);
  });

  const states: Record<string, SessionState> = {
    idle, 'our offer out': run(idle, reoffer('a')).state, 'glare wait': run(idle, reoffer('a'), result(491)).state, 'their offer open': run(idle, peerOffered).state,
    'their ACK due': run(idle, peerOffered, { type: 'user-answered', answer: 'b' }).state, 'ending after ACK': run({ ...idle, theirs: 'acking' }, { type: 'hang-up', cause: 'hung-up' }).state,
    ending: run(idle, { type: 'hang-up', cause: 'hung-up' }).state, ended: run(idle, { type: 'peer-bye' }).state,
  };
  const events: Record<string, SessionEvent> = {
    reoffer: reoffer('x'), 'hang-up': { type: 'hang-up', cause: 'hung-up' }, 'peer-offered': peerOffered, 'user-answered': { type: 'user-answered', answer: 'b' }, 'user-rejected': { type: 'user-rejected' },
    acked: { type: 'acked', answer: undefined }, 'ack-missing': { type: 'ack-missing' }, 'peer-cancelled': { type: 'peer-cancelled' }, 'peer-bye': { type: 'peer-bye' }, 're-INVITE 200': result(200, 'n'), 're-INVITE 491': result(491),
    're-INVITE 488': result(488), 'reoffer-failed': { type: 'reoffer-failed' }, 'glare-over': { type: 'glare-over' }, 'refresh-due': { type: 'refresh-due' }, expired: { type: 'expired' }, 'bye-answered': { type: 'bye-answered' },
  };
  const BYE = 'disarm glare, disarm refresh, disarm expiry, send-bye, ended';
  const OVER = 'disarm glare, disarm refresh, disarm expiry, ended, finished';
  const LATE = 'disarm glare, disarm refresh, disarm expiry, ended';
  /** A cell that is not listed does nothing. */
  const table: Record<string, Record<string, string>> = {
    idle: { reoffer: 'send-reinvite', 'hang-up': BYE, 'peer-offered': 'tell-offered', 'peer-bye': OVER, 're-INVITE 200': 'ack-reinvite', 'refresh-due': 'send-reinvite', expired: BYE },
    'our offer out': { 'hang-up': BYE, 'peer-offered': 'refuse-newcomer 491', 'peer-bye': OVER, 're-INVITE 200': 'ack-reinvite, tell-reanswered', 're-INVITE 491': 'arm glare', 're-INVITE 488': 'tell-refused 488', 'reoffer-failed': BYE, expired: BYE },
    'glare wait': { 'hang-up': BYE, 'peer-offered': 'tell-offered', 'peer-bye': OVER, 're-INVITE 200': 'ack-reinvite', 'glare-over': 'send-reinvite', expired: BYE },
    'their offer open': {
      'hang-up': 'disarm glare, disarm refresh, disarm expiry, answer-peer 487, send-bye, ended', 'peer-offered': 'refuse-newcomer 500', 'user-answered': 'answer-peer 200', 'user-rejected': 'answer-peer 488', 
      'peer-cancelled': 'answer-peer 487', 'peer-bye': `answer-peer 487, ${OVER}`, 're-INVITE 200': 'ack-reinvite', expired: 'disarm glare, disarm refresh, disarm expiry, answer-peer 487, send-bye, ended',
    },
    'their ACK due': { 'hang-up': LATE, 'peer-offered': 'refuse-newcomer 500', 'ack-missing': BYE, 'peer-bye': OVER, 're-INVITE 200': 'ack-reinvite', expired: LATE },
    'ending after ACK': { acked: 'send-bye', 'ack-missing': 'send-bye', 'peer-offered': 'refuse-newcomer 481', 'peer-bye': 'finished', 're-INVITE 200': 'ack-reinvite', 'bye-answered': 'finished' },
    ending: { 'peer-offered': 'refuse-newcomer 481', 'peer-bye': 'finished', 're-INVITE 200': 'ack-reinvite', 'bye-answered': 'finished' },
    ended: {},
  };
  describe.each(Object.keys(states))('when %s', (state) => {
    it.each(Object.keys(events))('on %s', (event) => expect(run(states[state]!, events[event]!).effects.join(', ')).toBe(table[state]?.[event] ?? ''));
  });
});
