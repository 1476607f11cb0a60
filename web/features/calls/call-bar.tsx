/** A call that goes on while one looks elsewhere: state, whom, timer, Mute, End; or the way to take it from another device. */
import { Link, useNavigate } from '@tanstack/react-router';
import { Maximize2, Mic, MicOff, PhoneOff, TabletSmartphone } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import styles from './call-bar.module.css';
import { shortName, stateShape, stateTimer } from './call-words-policy.ts';
import { useEngine } from './engine-context.tsx';
import { isSoundBroken, stateWords } from './live-stage.tsx';
import { callElsewhere, callHere } from './page-calls.ts';
import { StateDot } from './stage.tsx';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

export function CallBar() {
  const engine = useEngine();
  const { calls, ask } = engine;
  const navigate = useNavigate();
  const numbers = usePhoneNumbers();
  const nowMs = useNow(1_000);
  const here = callHere(calls);
  const call = here ?? callElsewhere(calls);
  if (call === null) return null;
  const name = call.partyName ?? numbers.format(call.number);
  const isBroken = here !== null && isSoundBroken(here, engine);

  if (here === null)
    return (
      <section className={`${styles['bar']} ${styles['away']}`} aria-label={words.call.elsewhere}>
        <StateDot shape={call.state === 'reconnecting' ? 'diamond' : 'hollow'} />
        <p>
          <b>
            {words.call.states[call.state]} <time>{stateTimer(call, nowMs)}</time>
          </b>
          <span>{call.carriedBy === 'another-device' ? words.call.onOtherDevice(name) : words.call.onNoDevice(call.partyName === null ? name : shortName(name))}</span>
        </p>
        <button
          type="button"
          className={styles['filled']}
          onClick={() => {
            ask({ type: 'take-asked', callId: call.id });
            void navigate({ to: '/call' });
          }}
        >
          <TabletSmartphone />
          {words.call.takeHere}
        </button>
      </section>
    );

  return (
    <section className={`${styles['bar']} ${isBroken ? styles['lost'] : call.state === 'on-hold' ? styles['hold'] : ''}`} aria-label={words.call.goingOn}>
      <StateDot shape={isBroken ? 'diamond' : stateShape(call, calls.isMuted)} />
      <p>
        <b>
          {calls.isMuted && call.state === 'talking' && !isBroken ? words.call.states.talking : stateWords(call, engine)} <time>{stateTimer(call, nowMs)}</time>
        </b>
        <span>{name}</span>
      </p>
      <Link to="/call" className={styles['open']}>
        <Maximize2 className="small" />
        {words.call.open}
      </Link>
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
