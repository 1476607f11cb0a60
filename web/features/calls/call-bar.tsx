/** A call that goes on while one looks elsewhere: state, whom, timer, Mute, End; or the way to take it from another device. */
import { Maximize2, Mic, MicOff, PhoneOff, TabletSmartphone } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { go } from '../../router/address.ts';
import { Link } from '../../router/link.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useShown } from '../at-hand/use-shown.ts';
import styles from './call-bar.module.css';
import { rangSeconds, stateShape, stateTimer } from './call-words-policy.ts';
import { useEngine } from './engine-context.tsx';
import { isSoundBroken, stateWords } from './live-words.ts';
import { callElsewhere, callHere } from './page-calls.ts';
import { StateDot } from './stage.tsx';

/** `isDiscreet`: the screen is locked; the call goes on without a name and without a way to its screen. */
export function CallBar({ isDiscreet }: { readonly isDiscreet: boolean }) {
  const engine = useEngine();
  const { calls, ask } = engine;
  const shown = useShown();
  const nowMs = useNow(1_000);
  const here = callHere(calls);
  const call = here ?? callElsewhere(calls);
  if (call === null) return isDiscreet ? null : <EndedBar />;
  const name = shown.who(call);
  const isBroken = here !== null && isSoundBroken(here, engine);

  if (here === null && isDiscreet) return null;
  if (here === null)
    return (
      <section className={`${styles['bar']} ${styles['away']}`} aria-label={words.call.elsewhere}>
        <StateDot shape={call.state === 'reconnecting' ? 'diamond' : 'hollow'} />
        <p className={styles['what']}>
          <b>
            {words.call.states[call.state]} <time>{stateTimer(call, nowMs)}</time>
          </b>
          <span>{whereText(call, name, shown.shortWho(call))}</span>
        </p>
        <button
          type="button"
          className={styles['filled']}
          onClick={() => {
            ask({ type: 'take-asked', callId: call.id });
            void go('/call');
          }}
        >
          <TabletSmartphone />
          {call.carriedBy === 'own-phone' ? words.ownPhone.moveHere : words.call.takeHere}
        </button>
      </section>
    );

  return (
    <section className={`${styles['bar']} ${isBroken ? styles['lost'] : call.state === 'on-hold' ? styles['hold'] : ''}`} aria-label={words.call.goingOn}>
      <StateDot shape={isBroken ? 'diamond' : stateShape(call, calls.isMuted)} />
      <Link to="/call" className={styles['what']}>
        <b>
          {calls.isMuted && call.state === 'talking' && !isBroken ? words.call.states.talking : stateWords(call, engine)} <time>{stateTimer(call, nowMs)}</time>
        </b>
        {isDiscreet ? null : <span>{name}</span>}
      </Link>
      {isDiscreet ? null : (
        <Link to="/call" className={styles['open']} tabIndex={-1} aria-hidden="true">
          <Maximize2 className="small" />
          {words.call.open}
        </Link>
      )}
      <button type="button" aria-keyshortcuts="Alt+M" className={calls.isMuted ? styles['filled'] : undefined} onClick={() => ask({ type: 'mute-asked', muted: !calls.isMuted })}>
        {calls.isMuted ? <MicOff /> : <Mic />}
        {calls.isMuted ? words.call.unmute : words.call.mute}
      </button>
      <button type="button" className={styles['end']} aria-label={words.call.end} onClick={() => ask({ type: 'end-asked' })}>
        <PhoneOff />
        {words.call.endShort}
      </button>
    </section>
  );
}

function whereText({ carriedBy }: CallView, name: string, short: string): string {
  if (carriedBy === 'own-phone') return words.ownPhone.onPhone(name);
  return carriedBy === 'another-device' ? words.call.onOtherDevice(name) : words.call.onNoDevice(short);
}

/** The call ended while one looked elsewhere: says so until it is looked at or closed. */
function EndedBar() {
  const { calls, ask } = useEngine();
  const shown = useShown();
  const ended = calls.endedCallId === null ? undefined : calls.calls.get(calls.endedCallId);
  if (ended === undefined || ended.endReason === null) return null;
  const who = shown.shortWho(ended);
  const { title } = words.endReasons[ended.endReason]({ who, line: ended.line.name, rangSeconds: rangSeconds(ended), wasAnswered: ended.answeredAt !== null });
  return (
    <section className={`${styles['bar']} ${styles['over']}`} aria-label={words.call.states.ended}>
      <span className={styles['square']} aria-hidden="true" />
      <Link to="/call" className={styles['what']}>
        <b>{words.call.states.ended}</b>
        <span>{title}</span>
      </Link>
      <Link to="/call" className={styles['open']} tabIndex={-1} aria-hidden="true">
        {words.call.showEnd}
      </Link>
      <button type="button" onClick={() => ask({ type: 'end-seen' })}>
        {words.call.dismiss}
      </button>
    </section>
  );
}
