/** What a call does outside its screen: the tab's title, words for screen readers, ticks, keys, the system's media controls, a screen kept awake. */
import { useEffect, useRef } from 'react';
import type { CallView } from '#contract/calls.ts';
import { logChanged, queryClient } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { go } from '../../router/address.ts';
import { altWrites } from '../../ui/is-typing.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { say } from './announcer.ts';
import { playSound } from './call-sounds.ts';
import { goToNote } from './go-to-note.ts';
import { clockTime, rangSeconds, secondsBetween } from './call-words-policy.ts';
import { chosenMessage, leavableMessages, spokenMessagesQuery } from '../spoken-messages/spoken-message-queries.ts';
import { isMachineHint } from './call-hint.tsx';
import { useEngine } from './engine-context.tsx';
import { isSoundBroken } from './live-words.ts';
import { callElsewhere, callHere, type PageCalls } from './page-calls.ts';
import { openPanel, setPanel } from './panel-store.ts';
import { usePartyAnnouncements } from './party-announcements.ts';
import { useSpokeMuted } from './use-spoke-muted.ts';

const holdTickEveryMs = 30_000;
const reconnectPulseEveryMs = 2_000;

/** The state that is announced: one word for each that a listener must know of. */
function spokenState(calls: PageCalls, here: CallView | null, isBroken: boolean): string {
  if (here === null) return calls.dial !== null && 'requestId' in calls.dial ? 'connecting' : 'none';
  return isBroken ? 'reconnecting' : here.state;
}

const unnamed = (): string => words.announce.unnamed;

function useAnnouncements(isLocked: boolean): void {
  const engine = useEngine();
  const { calls } = engine;
  const { shortWho } = useShown();
  // What is read out loud is heard by whoever stands at a locked screen.
  const nameOf = isLocked ? unnamed : shortWho;
  const here = callHere(calls);
  const isBroken = here !== null && isSoundBroken(here, engine);
  const state = spokenState(calls, here, isBroken);
  const spokeMuted = useSpokeMuted(here !== null && calls.isMuted);
  const before = useRef({ state, isMuted: calls.isMuted });

  const party = here ?? (calls.dial === null ? null : { partyName: calls.dial.request.partyName, number: calls.dial.request.to });
  const who = party === null ? '' : nameOf(party);

  useEffect(() => {
    const last = before.current;
    before.current = { state, isMuted: calls.isMuted };
    if (state !== last.state) {
      if (state === 'connecting') say(words.announce.connecting(who));
      else if (state === 'ringing') say(words.announce.ringing);
      else if (state === 'reconnecting') say(words.announce.reconnecting(who));
      else if (state === 'on-hold') say(words.announce['on-hold']);
      else if (state === 'talking') say(last.state === 'on-hold' || last.state === 'reconnecting' ? words.announce.resumed : words.announce.talking);
    } else if (state !== 'none' && calls.isMuted !== last.isMuted) say(calls.isMuted ? words.announce.muted : words.announce.unmuted);
  }, [state, calls.isMuted, who]);
  const elsewhere = callElsewhere(calls);
  const onPhone = elsewhere?.carriedBy === 'own-phone' ? nameOf(elsewhere) : null;
  useEffect(() => {
    if (onPhone !== null) say(words.ownPhone.onPhone(onPhone));
  }, [onPhone]);
  useEffect(() => {
    if (spokeMuted) say(words.announce.speakingMuted);
  }, [spokeMuted]);

  const ended = calls.endedCallId === null ? undefined : calls.calls.get(calls.endedCallId);
  useEffect(() => {
    if (ended?.endReason === null || ended === undefined) return;
    const name = nameOf(ended);
    say(words.endReasons[ended.endReason]({ who: name, line: ended.line.name, rangSeconds: rangSeconds(ended), wasAnswered: ended.answeredAt !== null }).title);
  }, [ended, nameOf]);
}

function useSounds(): void {
  const engine = useEngine();
  const here = callHere(engine.calls);
  const isBroken = here !== null && isSoundBroken(here, engine);
  const state = here === null ? 'none' : isBroken ? 'reconnecting' : here.state;
  const { isMuted, endedCallId, calls } = engine.calls;
  const before = useRef({ state, isMuted, endedCallId });
  useEffect(() => {
    const last = before.current;
    before.current = { state, isMuted, endedCallId };
    if (state === 'talking' && (last.state === 'ringing' || last.state === 'connecting')) playSound('answered');
    if (state !== 'none' && state === last.state && isMuted !== last.isMuted) playSound(isMuted ? 'muted' : 'unmuted');
    // None if the other side hung up first: their click was heard.
    if (endedCallId !== null && endedCallId !== last.endedCallId && calls.get(endedCallId)?.endReason !== 'hung-up-by-party') playSound('ended');
  }, [state, isMuted, endedCallId, calls]);
  useEffect(() => {
    if (state !== 'on-hold' && state !== 'reconnecting') return;
    const sound = state === 'on-hold' ? 'hold-reminder' : 'reconnecting';
    const timer = setInterval(() => playSound(sound), state === 'on-hold' ? holdTickEveryMs : reconnectPulseEveryMs);
    return () => clearInterval(timer);
  }, [state]);
}

function useCallTitle(): void {
  const { calls } = useEngine();
  const here = callHere(calls);
  const isLive = here !== null;
  useEffect(() => {
    if (here === null) return;
    const before = document.title;
    const show = (): void => {
      const word = words.call.states[here.state];
      document.title = here.state === 'talking' ? `${word}, ${clockTime(secondsBetween(here.answeredAt, Date.now()))}` : word;
    };
    show();
    const timer = setInterval(show, 1_000);
    return () => {
      clearInterval(timer);
      document.title = before;
    };
    // The title left behind is that of before the call, whatever states came between.
  }, [isLive, here]);
}

function useKeys(): void {
  const { calls, ask } = useEngine();
  const latest = useRef({ calls, ask });
  useEffect(() => {
    latest.current = { calls, ask };
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Alt') document.documentElement.dataset['alt'] = '';
      const { calls: now, ask: tell } = latest.current;
      const here = callHere(now);
      // By the key's place, not its letter: with Alt, a Mac types another character.
      if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat || altWrites(event) || here === null) return;
      if (event.code === 'KeyM') tell({ type: 'mute-asked', muted: !now.isMuted });
      else if (event.code === 'KeyN') void go('/call').then(goToNote);
      else if (event.code === 'KeyH') {
        if (here.state === 'talking' || here.state === 'on-hold') tell({ type: 'hold-asked', held: here.state !== 'on-hold' });
      } else if (event.code === 'KeyL' && isMachineHint(here.hint)) {
        // A machine was heard: one press leaves the chosen message. To a person nothing is left without looking.
        const recorded = queryClient.getQueryData(spokenMessagesQuery.queryKey);
        const chosen = recorded === undefined ? undefined : chosenMessage(leavableMessages(recorded));
        if (chosen === undefined) setPanel('message');
        else tell({ type: 'leave-message-asked', callId: here.id, messageId: chosen.id, when: here.hint === 'beep' ? 'now' : 'after-beep' });
        void go('/call');
      } else if (event.code === 'KeyK' || event.code === 'KeyA' || event.code === 'KeyL' || event.code === 'KeyP' || event.code === 'KeyV') {
        const panel = event.code === 'KeyK' ? 'keypad' : event.code === 'KeyA' ? 'audio' : event.code === 'KeyV' ? 'move' : event.code === 'KeyP' ? 'add' : 'message';
        setPanel(openPanel() === panel ? null : panel);
        void go('/call');
      } else return;
      event.preventDefault();
    };
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key === 'Alt') delete document.documentElement.dataset['alt'];
    };
    const onBlur = (): void => void delete document.documentElement.dataset['alt'];
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('keyup', onKeyUp);
    addEventListener('blur', onBlur);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('keyup', onKeyUp);
      removeEventListener('blur', onBlur);
      onBlur();
    };
  }, []);
}

/** Headset buttons and lock screens: mute and hang up, without a name. */
function useSystemControls(): void {
  const { calls, ask } = useEngine();
  const isLive = callHere(calls) !== null;
  const { isMuted } = calls;
  useEffect(() => {
    if (!isLive || !('mediaSession' in navigator)) return;
    const set = (action: string, handler: (() => void) | null): void => {
      try {
        navigator.mediaSession.setActionHandler(action as MediaSessionAction, handler);
      } catch {
        // This browser does not know the action; the screen has it.
      }
    };
    set('hangup', () => ask({ type: 'end-asked' }));
    set('togglemicrophone', () => ask({ type: 'mute-asked', muted: !isMuted }));
    void navigator.mediaSession.setMicrophoneActive?.(!isMuted);
    return () => {
      set('hangup', null);
      set('togglemicrophone', null);
    };
  }, [isLive, isMuted, ask]);
}

/** A phone that sleeps in mid-call may drop its network. The system takes the lock away with each look elsewhere. */
function useScreenAwake(): void {
  const { calls } = useEngine();
  const isLive = callHere(calls) !== null;
  useEffect(() => {
    if (!isLive || !('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | null = null;
    const hold = async (): Promise<void> => {
      if (document.visibilityState === 'visible') lock = await navigator.wakeLock.request('screen').catch(() => null);
    };
    const onVisible = (): void => void hold();
    void hold();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      void lock?.release();
    };
  }, [isLive]);
}

/** The list shows a call as soon as it begins, and its end as soon as it is known. */
function useFreshList(): void {
  const { calls } = useEngine();
  const states = [...calls.calls.values()].map((call) => `${call.id} ${call.state === 'ended'}`).join();
  useEffect(() => {
    if (states !== '') logChanged();
  }, [states]);
}

export function CallPresence({ isLocked = false }: { readonly isLocked?: boolean }) {
  const { calls } = useEngine();
  const isLive = callHere(calls) !== null;
  useEffect(() => {
    if (!isLive) setPanel(null);
  }, [isLive]);
  useSounds();
  useCallTitle();
  useKeys();
  useSystemControls();
  useScreenAwake();
  useFreshList();
  useAnnouncements(isLocked);
  usePartyAnnouncements(isLocked);
  return <div className="sr" role="status" aria-live="assertive" data-announcer />;
}
