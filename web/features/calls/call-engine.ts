/** Joins the page's call machine to the socket, the audio and the screens, and runs its effects. Decides nothing itself. */
import type { AudioPath } from '#contract/call-audio.ts';
import type { DeviceId, CallId } from '#contract/ids.ts';
import { createDeviceMedia, type DeviceMedia, type MediaFacts } from './device-media.ts';
import { rememberCarried } from './device-id.ts';
import { stepPageCalls } from './page-calls-machine.ts';
import { createPartyLevels, type PartyLevels } from './party-levels.ts';
import { callHere, startPageCalls, type PageCalls, type PageCallsEffect, type PageCallsEvent } from './page-calls.ts';
import { createSignallingClient, type TicketAnswer } from './signalling-client.ts';
import { createNetworkChecker, type NetworkChecker } from './network-check.ts';
import { createRelays, type FetchRelays } from './relays.ts';
import type { LinkStop } from './signalling-link-machine.ts';

/** What the screens draw: replaced whole with every change, so that a render is one consistent moment. */
export interface EngineView {
  readonly calls: PageCalls;
  readonly media: MediaFacts;
  readonly linkStop: LinkStop | null;
}

export interface CallEngine {
  readonly view: () => EngineView;
  readonly subscribe: (listener: () => void) => () => void;
  /** What a person asks for; news from outside comes in by the socket and the audio. */
  readonly ask: (event: PageCallsEvent) => void;
  readonly media: DeviceMedia;
  readonly partyLevels: PartyLevels;
  readonly network: NetworkChecker;
  start(): void;
  /** Leaves calls as they are: they belong to the server. */
  stop(): void;
}

export interface CallEngineOptions {
  readonly deviceId: DeviceId;
  readonly carriedCallId: CallId | null;
  readonly createTicket: () => Promise<TicketAnswer>;
  readonly fetchRelays: FetchRelays;
  /** Something of a call that this member sees is new in the log, whoever did it. */
  readonly onLogChanged: (callId: CallId) => void;
}

const tickEveryMs = 500;
const reportEveryMs = 10_000;

export function createCallEngine({ deviceId, carriedCallId, createTicket, fetchRelays, onLogChanged }: CallEngineOptions): CallEngine {
  const listeners = new Set<() => void>();
  let calls = startPageCalls(carriedCallId, Date.now());
  let linkStop: LinkStop | null = null;
  let view: EngineView;
  let ticker: ReturnType<typeof setInterval> | undefined;

  const publish = (): void => {
    view = { calls, media: media.facts(), linkStop };
    for (const listener of listeners) listener();
  };

  const dispatch = (event: PageCallsEvent): void => {
    const step = stepPageCalls(calls, event, { nowMs: Date.now(), freshRequestId: crypto.randomUUID() });
    const hasChanged = step.state !== calls;
    calls = step.state;
    for (const effect of step.effects) run(effect);
    if (!hasChanged) return;
    const here = callHere(calls);
    media.setCallSaid({
      // From the first ring the server sends something: the network's sound, its own ringback, the party. On hold it need not.
      isAudioDue: here !== null && !here.heldByParty && (here.state === 'talking' || here.state === 'ringing'),
      isUnheard: here?.state === 'reconnecting',
    });
    publish();
  };

  const relays = createRelays(fetchRelays, () => performance.now());
  const media = createDeviceMedia({ relays: () => relays.current(), onLost: (requestId) => dispatch({ type: 'media-lost', requestId }), onFacts: publish });

  const partyLevels = createPartyLevels(() => performance.now());
  const signalling = createSignallingClient({
    deviceId,
    createTicket,
    isUrgent: () => calls.dial !== null || callHere(calls) !== null,
    onOpened: () => dispatch({ type: 'link-opened' }),
    onLost: () => dispatch({ type: 'link-lost' }),
    onStopped(why) {
      linkStop = why;
      dispatch({ type: 'link-lost' });
      publish();
    },
    onMessage(message) {
      // Past the machine: five times a second, and nothing but the pills looks at it.
      if (message.type === 'levels') return partyLevels.hear(message.levels);
      if (message.type === 'log-changed') onLogChanged(message.callId);
      network.hear(message);
      if (message.type === 'audio' && message.callId === callHere(calls)?.id) media.setServerView(message.audio);
      dispatch({ type: 'message', message });
    },
  });

  const network = createNetworkChecker({ send: (message) => signalling.send(message), isLinked: () => calls.isLinked, relays: () => relays.settled() });

  let reported: { readonly callId: CallId; readonly path: AudioPath | null; readonly atMs: number } | null = null;
  /** At each change of the path, and now and then: what was made up here is known to nobody else. */
  const reportAudio = (): void => {
    const here = callHere(calls);
    const { report } = media.facts();
    if (here === null || here.answeredAt === null || report === null || !calls.isLinked) return;
    const nowMs = performance.now();
    if (reported?.callId === here.id && reported.path === report.path && nowMs - reported.atMs < reportEveryMs) return;
    reported = { callId: here.id, path: report.path, atMs: nowMs };
    signalling.send({ type: 'device-report', callId: here.id, report });
  };

  const makeOffer = async (requestId: string, muted: boolean): Promise<void> => {
    try {
      const offer = await media.makeOffer(requestId, muted);
      dispatch(offer.ok ? { type: 'offer-made', requestId, offer: offer.value } : { type: 'microphone-failed', requestId, failure: offer.refusal });
    } catch {
      dispatch({ type: 'microphone-failed', requestId, failure: 'failed' });
    }
  };

  const run = (effect: PageCallsEffect): void => {
    switch (effect.type) {
      case 'send':
        signalling.send(effect.message);
        break;
      case 'make-offer':
        void makeOffer(effect.requestId, effect.muted);
        // A call begins: know now, not at the next timer, whether the link still stands.
        signalling.nudge();
        break;
      case 'apply-answer':
        void media.applyAnswer(effect.requestId, effect.answer);
        break;
      case 'close-media':
        media.close(effect.requestId);
        break;
      case 'set-muted':
        media.setMuted(effect.muted);
        break;
      case 'remember-carried':
        rememberCarried(effect.callId);
        break;
    }
  };

  view = { calls, media: media.facts(), linkStop };

  return {
    view: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: dispatch,
    media,
    partyLevels,
    network,
    start() {
      signalling.start();
      relays.renew();
      ticker = setInterval(() => {
        relays.renew();
        reportAudio();
        dispatch({ type: 'tick' });
      }, tickEveryMs);
    },
    stop() {
      clearInterval(ticker);
      signalling.stop();
    },
  };
}
