import { describe, expect, test } from 'vitest';
import type { CallView } from '#contract/calls.ts';
import { callIdSchema, e164Schema, lineIdSchema, memberIdSchema, type CallId } from '#contract/ids.ts';
import { dialWithoutNetworkMs, stepPageCalls } from './page-calls-machine.ts';
import { callElsewhere, callHere, startPageCalls, type DialRequest, type PageCalls, type PageCallsEffect, type PageCallsEvent } from './page-calls.ts';

const callId = callIdSchema.parse('01930000-0000-7000-8000-000000000001');
const otherId = callIdSchema.parse('01930000-0000-7000-8000-000000000002');
const startMs = Date.parse('2026-05-14T14:00:00.000Z');
const request: DialRequest = { to: '+14805550167', lineId: null, onBehalfOf: null, partyName: null };

const snapshot = (change: Partial<CallView> = {}): CallView => ({
  id: callId,
  version: 1,
  madeBy: memberIdSchema.parse('01930000-0000-7000-8000-0000000000aa'),
  onBehalfOf: null,
  direction: 'outgoing',
  state: 'connecting',
  number: e164Schema.parse('+14805550167'),
  partyName: null,
  line: { id: lineIdSchema.parse('01930000-0000-7000-8000-00000000000a'), name: 'Lakeside Clinic', number: e164Schema.parse('+16125550100') },
  startedAt: new Date(startMs).toISOString(),
  ringingAt: null,
  answeredAt: null,
  heldAt: null,
  reconnectingSince: null,
  reconnectUntil: null,
  endedAt: null,
  endReason: null,
  muted: false,
  heldByParty: false,
  earlyMedia: false,
  hint: null,
  message: null,
  parties: [],
  digitsSent: '',
  carriedBy: 'this-device',
  ownPhone: null,
  sandbox: true,
  ...change,
});
const talking = (change: Partial<CallView> = {}): CallView => snapshot({ state: 'talking', version: 3, answeredAt: new Date(startMs + 5_000).toISOString(), ...change });
const ended = (change: Partial<CallView> = {}): CallView => snapshot({ state: 'ended', version: 9, carriedBy: 'none', endReason: 'hung-up-by-party', endedAt: new Date(startMs + 9_000).toISOString(), ...change });

/** Plays events into a page, one second apart; request ids are r1, r2 and so on. */
function play(events: readonly PageCallsEvent[], from: PageCalls = startPageCalls(null, startMs)): { state: PageCalls; effects: PageCallsEffect[]; said: string } {
  let state = from;
  let count = 0;
  let nowMs = startMs;
  const effects: PageCallsEffect[] = [];
  for (const event of events) {
    count += 1;
    const step = stepPageCalls(state, event, { nowMs, freshRequestId: `r${count}` });
    state = step.state;
    effects.push(...step.effects);
    nowMs += 1_000;
  }
  return { state, effects, said: effects.map((effect) => (effect.type === 'send' ? effect.message.type : effect.type)).join(' ') };
}

const welcomeOf = (serverRun: string, ...calls: CallView[]): PageCallsEvent => ({ type: 'message', message: { type: 'welcome', calls, serverTime: new Date(startMs).toISOString(), serverRun } });
const welcome = (...calls: CallView[]): PageCallsEvent => welcomeOf('run', ...calls);
const news = (call: CallView): PageCallsEvent => ({ type: 'message', message: { type: 'call', call } });
const answer = (requestId: string, id: CallId = callId): PageCallsEvent => ({ type: 'message', message: { type: 'media-answer', requestId, callId: id, answer: 'answer' } });
const linked: PageCallsEvent[] = [{ type: 'link-opened' }, welcome()];
const dialled: PageCallsEvent[] = [...linked, { type: 'dial-asked', request }, { type: 'offer-made', requestId: 'r3', offer: 'offer' }];
const inCall: PageCallsEvent[] = [...dialled, news(snapshot()), answer('r3'), news(talking())];

describe('dialling', () => {
  test('opens the microphone, sends the offer, and carries the call that comes of it', () => {
    const { state, said } = play(inCall);
    expect(said).toBe('make-offer dial remember-carried apply-answer');
    expect(state).toMatchObject({ dial: null, audio: { phase: 'attached', callId }, carriedCallId: callId });
    expect(callHere(state)?.state).toBe('talking');
  });

  test('keeps the dial on the screen where the media answer comes before the first snapshot', () => {
    const between = play([...dialled, answer('r3')]);
    expect(between.state.dial?.phase).toBe('sent');
    const { state } = play([news(snapshot())], between.state);
    expect(state.dial).toBeNull();
    expect(callHere(state)?.id).toBe(callId);
  });

  test('sends nothing before the microphone is open, and says why where it is not', () => {
    const { state, said } = play([...linked, { type: 'dial-asked', request }, { type: 'microphone-failed', requestId: 'r3', failure: 'denied' }]);
    expect(said).toBe('make-offer close-media');
    expect(state.dial).toEqual({ phase: 'microphone-failed', request, failure: 'denied' });
  });

  test('keeps a refusal beside its number, and lets the microphone go', () => {
    const { state, said } = play([...dialled, { type: 'message', message: { type: 'dial-refused', requestId: 'r3', refusal: 'trunk-down', detail: null } }]);
    expect(said).toBe('make-offer dial close-media');
    expect(state.dial).toEqual({ phase: 'refused', request, refusal: 'trunk-down', detail: null });
  });

  test('a second dial while one is under way does nothing', () => {
    expect(play([...dialled, { type: 'dial-asked', request }]).said).toBe('make-offer dial');
    expect(play([...inCall, { type: 'dial-asked', request }]).said).toBe(play(inCall).said);
  });

  test('without a network waits, then says that nobody was rung, and dials nothing by itself when it is back', () => {
    const waiting: PageCallsEvent[] = [{ type: 'dial-asked', request }, { type: 'offer-made', requestId: 'r1', offer: 'offer' }];
    expect(play(waiting).state.dial?.phase).toBe('waiting');
    const ticks = Array.from({ length: dialWithoutNetworkMs / 1_000 + 1 }, (): PageCallsEvent => ({ type: 'tick' }));
    const lost = play([...waiting, ...ticks]);
    expect(lost.state.dial?.phase).toBe('network-lost');
    expect(play(linked, lost.state).said).toBe('');
  });

  test('a network that comes back in time sends the waiting dial', () => {
    expect(play([{ type: 'dial-asked', request }, { type: 'offer-made', requestId: 'r1', offer: 'offer' }, ...linked]).said).toBe('make-offer dial');
  });

  test('sent just before the link broke: joins the call if the server made one', () => {
    const { said, state } = play([...dialled, { type: 'link-lost' }, { type: 'link-opened' }, welcome(snapshot({ carriedBy: 'this-device' }))]);
    expect(said).toBe('make-offer dial close-media make-offer');
    expect(state.audio).toMatchObject({ phase: 'preparing', callId });
  });

  test('sent just before the link broke: says that nobody was rung if the server made none', () => {
    expect(play([...dialled, { type: 'link-lost' }, { type: 'link-opened' }, welcome()]).state.dial).toMatchObject({ phase: 'network-lost', request });
  });
});

describe('cancelling', () => {
  test('before anything was sent leaves no trace', () => {
    const { state, said } = play([...linked, { type: 'dial-asked', request }, { type: 'end-asked' }]);
    expect(said).toBe('make-offer close-media');
    expect(state).toMatchObject({ dial: null, audio: { phase: 'none' } });
  });

  test('after it was sent shuts the microphone at once, and hangs up as soon as the call is known', () => {
    const { state, said } = play([...dialled, { type: 'end-asked' }, news(snapshot())]);
    expect(said).toBe('make-offer dial set-muted close-media hang-up');
    expect(state.endingCallId).toBe(callId);
  });

  test('a microphone opened too late is closed again', () => {
    expect(play([...linked, { type: 'dial-asked', request }, { type: 'end-asked' }, { type: 'offer-made', requestId: 'r3', offer: 'late' }]).said).toBe('make-offer close-media close-media');
  });
});

describe('a live call', () => {
  test('ends at once here, and at the server as soon as it hears of it', () => {
    const off = play([...inCall, { type: 'link-lost' }, { type: 'end-asked' }]);
    expect(off.said).toBe(`${play(inCall).said} close-media`);
    const on = play([{ type: 'link-opened' }, welcome(talking({ version: 4 }))], off.state);
    expect(on.said).toBe('hang-up');
    expect(on.state.audio.phase).toBe('none');
  });

  test('shows its end once it has one', () => {
    const { state } = play([...inCall, news(ended())]);
    expect(state).toMatchObject({ endedCallId: callId, audio: { phase: 'none' }, carriedCallId: null });
    expect(play([{ type: 'end-seen' }], state).state.endedCallId).toBeNull();
  });

  test('drops a snapshot older than the one it has', () => {
    expect(callHere(play([...inCall, news(snapshot({ version: 2 }))]).state)?.state).toBe('talking');
  });

  test('replaces a connection that carries nothing, on the same call, with the same mute', () => {
    const muted = play([...inCall, { type: 'mute-asked', muted: true }]);
    const { effects, state } = play([{ type: 'media-lost', requestId: 'r3' }], muted.state);
    expect(effects).toEqual([
      { type: 'close-media', requestId: 'r3' },
      { type: 'make-offer', requestId: 'r1', muted: true },
    ]);
    expect(state.audio).toMatchObject({ phase: 'preparing', callId });
  });

  test('a late snapshot does not open a muted microphone', () => {
    const { state, effects } = play([...inCall, { type: 'mute-asked', muted: true }, news(talking({ version: 5, muted: false }))]);
    expect(state.isMuted).toBe(true);
    expect(effects).not.toContainEqual({ type: 'set-muted', muted: false });
  });

  test('tells the server of a mute that it missed', () => {
    const { effects } = play([...inCall, { type: 'link-lost' }, { type: 'mute-asked', muted: true }, { type: 'link-opened' }, welcome(talking({ version: 6 }))]);
    expect(effects.at(-1)).toEqual({ type: 'send', message: { type: 'mute', callId, muted: true } });
  });

  test('goes on over a lost link while its sound goes on', () => {
    const { said } = play([...inCall, { type: 'link-lost' }, { type: 'link-opened' }, welcome(talking({ version: 4 }))]);
    expect(said).toBe(play(inCall).said);
  });

  test('offers its sound anew to a server that was started anew, whatever still seems to answer', () => {
    const { said, state } = play([...inCall, { type: 'mute-asked', muted: true }, { type: 'link-lost' }, { type: 'link-opened' }, welcomeOf('another run', talking({ state: 'reconnecting', muted: true, version: 7 }))]);
    expect(said).toBe(`${play(inCall).said} set-muted mute close-media make-offer`);
    expect(state).toMatchObject({ isMuted: true, audio: { phase: 'preparing', callId } });
    expect(play([...inCall, { type: 'link-lost' }, { type: 'end-asked' }, { type: 'link-opened' }, welcomeOf('another run', talking({ version: 7 }))]).state.audio.phase).toBe('none');
  });

  test('lost its sound without a link: offers it as soon as the link is back', () => {
    const events: PageCallsEvent[] = [...inCall, { type: 'link-lost' }, { type: 'media-lost', requestId: 'r3' }, { type: 'offer-made', requestId: 'r9', offer: 'again' }, { type: 'link-opened' }, welcome(talking({ state: 'reconnecting', version: 7 }))];
    const { effects } = play(events);
    expect(effects.at(-1)).toEqual({ type: 'send', message: { type: 'attach', requestId: 'r9', callId, offer: 'again' } });
  });

  test('an offer whose answer went down with the link is made anew', () => {
    const { said, state } = play([...inCall, { type: 'media-lost', requestId: 'r3' }, { type: 'offer-made', requestId: 'r8', offer: 'again' }, { type: 'link-lost' }, { type: 'link-opened' }, welcome(talking({ version: 7 }))]);
    expect(said).toBe(`${play(inCall).said} close-media make-offer attach close-media make-offer`);
    expect(state.audio).toMatchObject({ phase: 'preparing', requestId: 'r12' });
  });

  test('that the server no longer knows has ended with it', () => {
    const { state } = play([...inCall, { type: 'link-lost' }, { type: 'link-opened' }, welcome()]);
    expect(state.endedCallId).toBe(callId);
    expect(state.calls.get(callId)).toMatchObject({ state: 'ended', endReason: 'server-restarted' });
  });

  test('hold and keys wait for the link; nothing is sent into the void', () => {
    const { said } = play([...inCall, { type: 'link-lost' }, { type: 'hold-asked', held: true }, { type: 'digits-asked', digits: '1' }]);
    expect(said).toBe(play(inCall).said);
  });
});

describe('after a refresh', () => {
  test('this tab finds its own call and joins it without being asked, as muted as it was', () => {
    const { state, effects } = play([{ type: 'link-opened' }, welcome(talking({ muted: true }))], startPageCalls(callId, startMs));
    expect(effects).toEqual([{ type: 'make-offer', requestId: 'r2', muted: true }]);
    expect(state.isMuted).toBe(true);
  });

  test('a call that no device carries is joined only by the tab that carried it', () => {
    const waiting = talking({ state: 'reconnecting', carriedBy: 'none' });
    expect(play([{ type: 'link-opened' }, welcome(waiting)], startPageCalls(callId, startMs)).said).toBe('make-offer');
    const stranger = play([{ type: 'link-opened' }, welcome(waiting)]);
    expect(stranger.said).toBe('');
    expect(callElsewhere(stranger.state)?.id).toBe(callId);
  });

  test('a call that ended in the meantime shows its end', () => {
    expect(play([{ type: 'link-opened' }, welcome(ended())], startPageCalls(callId, startMs)).state.endedCallId).toBe(callId);
    expect(play([{ type: 'link-opened' }, welcome(ended({ id: otherId }))], startPageCalls(null, startMs)).state.endedCallId).toBeNull();
  });
});

describe('two devices', () => {
  const elsewhere = talking({ carriedBy: 'another-device' });

  test('the second takes the call when asked, and not before', () => {
    const waiting = play([{ type: 'link-opened' }, welcome(elsewhere)]);
    expect(waiting.said).toBe('');
    const taking = play([{ type: 'take-asked', callId }, { type: 'offer-made', requestId: 'r1', offer: 'offer' }, news(talking({ version: 4, carriedBy: 'another-device' })), answer('r1'), news(talking({ version: 5 }))], waiting.state);
    expect(taking.said).toBe('make-offer attach remember-carried apply-answer');
    expect(callHere(taking.state)?.id).toBe(callId);
  });

  test('the first falls silent and does not take it back by itself', () => {
    const { said, state } = play([...inCall, { type: 'message', message: { type: 'device-replaced', callId } }, news(talking({ version: 8, carriedBy: 'another-device' }))]);
    expect(said).toBe(`${play(inCall).said} close-media remember-carried`);
    expect(callHere(state)).toBeNull();
    expect(callElsewhere(state)?.id).toBe(callId);
  });

  test('a call that ended while it was being taken is not taken', () => {
    const refused: PageCallsEvent = { type: 'message', message: { type: 'attach-refused', requestId: 'r3', callId, refusal: 'call-ended' } };
    expect(play([{ type: 'link-opened' }, welcome(elsewhere), { type: 'take-asked', callId }, { type: 'offer-made', requestId: 'r3', offer: 'offer' }, refused]).state.audio.phase).toBe('none');
  });

  test('without a microphone the call stays where it is, and the reason shows', () => {
    const { state } = play([{ type: 'link-opened' }, welcome(elsewhere), { type: 'take-asked', callId }, { type: 'microphone-failed', requestId: 'r3', failure: 'busy' }]);
    expect(state.audio).toEqual({ phase: 'failed', callId, failure: 'busy' });
  });
});

test('every event is harmless in every state', () => {
  const every: PageCallsEvent[] = [
    ...inCall,
    { type: 'link-lost' },
    { type: 'media-lost', requestId: 'r3' },
    { type: 'microphone-failed', requestId: 'r3', failure: 'failed' },
    { type: 'dial-dismissed' },
    { type: 'take-asked', callId },
    { type: 'end-asked' },
    { type: 'mute-asked', muted: true },
    { type: 'hold-asked', held: true },
    { type: 'digits-asked', digits: '5' },
    { type: 'end-seen' },
    { type: 'tick' },
    news(ended()),
    welcome(elsewhereAndLive()),
    { type: 'message', message: { type: 'device-replaced', callId } },
    { type: 'message', message: { type: 'dial-refused', requestId: 'r3', refusal: 'no-line', detail: null } },
    { type: 'message', message: { type: 'attach-refused', requestId: 'r3', callId, refusal: 'media-unavailable' } },
    { type: 'message', message: { type: 'going-away' } },
    { type: 'message', message: { type: 'pong' } },
  ];
  // Each pair after each prefix: a session that keeps its audio for a call that is gone would show here.
  for (let length = 0; length <= inCall.length; length += 1)
    for (const first of every)
      for (const second of every) {
        const { state } = play([...inCall.slice(0, length), first, second]);
        const { audio } = state;
        const bound = 'callId' in audio && audio.callId !== null ? state.calls.get(audio.callId) : undefined;
        if (state.isWelcomed && audio.phase === 'attached') expect(bound?.state).not.toBe('ended');
        if (state.dial !== null && state.dial.phase !== 'network-lost' && 'requestId' in state.dial) expect(audio.phase, `${first.type}, ${second.type}, after ${length}`).not.toBe('none');
      }
});

function elsewhereAndLive(): CallView {
  return talking({ id: otherId, carriedBy: 'another-device' });
}

describe('adding somebody to a call', () => {
  const whom = { kind: 'number', to: '(602) 555-0183', role: 'family' } as const;
  const asked: PageCallsEvent = { type: 'add-party-asked', callId, whom, isApart: false };
  const party = (): CallView['parties'][number] => ({ party: 'first', role: null, name: null, number: e164Schema.parse('+14805550167'), serviceId: null, state: 'answered', ringingAt: null, answeredAt: null, heldAt: null, muted: false, heldByParty: false, endReason: null });
  const withTwo = talking({ version: 4, parties: [party(), party()] });

  test('is asked once, and is under way until the call shows one more', () => {
    const { state, effects } = play([...inCall, asked, asked]);
    expect(effects.filter((effect) => effect.type === 'send' && effect.message.type === 'add-party')).toHaveLength(1);
    expect(state.adding).toMatchObject({ callId });
    expect(play([news(withTwo)], state).state.adding).toBeNull();
  });

  test('that was refused leaves the call as it was, with the reason until the next try', () => {
    const refusal: PageCallsEvent = { type: 'message', message: { type: 'add-refused', requestId: 'r8', callId, refusal: 'too-many-parties', detail: null } };
    const { state } = play([...inCall, asked, refusal]);
    expect(state).toMatchObject({ adding: null, addRefused: { callId, refusal: 'too-many-parties' } });
    expect(callHere(state)?.state).toBe('talking');
    expect(play([asked], state).state).toMatchObject({ addRefused: null, adding: { callId } });
  });

  test('is not waited for on a link that broke, and is asked on none', () => {
    const { state } = play([...inCall, asked, { type: 'link-lost' }]);
    expect(state.adding).toBeNull();
    expect(play([asked, { type: 'drop-party-asked', callId, party: 'first' }, { type: 'mute-party-asked', callId, party: 'first', muted: true }, { type: 'hold-party-asked', callId, party: 'first', held: true }], state).effects).toEqual([]);
  });

  test('the end of the call forgets both', () => {
    const { state } = play([...inCall, asked, news(ended())]);
    expect(state).toMatchObject({ adding: null, addRefused: null });
  });
});
