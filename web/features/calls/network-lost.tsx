/** The network went before a call was made of a dial: says that nobody was rung, and dials nothing by itself. */
import { Check, Phone, WifiOff } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { go } from '../../router/address.ts';
import { useNow } from '../../ui/use-now.ts';
import { useEngine } from './engine-context.tsx';
import styles from './network-lost.module.css';
import type { Dial } from './page-calls.ts';
import { Stage } from './stage.tsx';
import { Party } from './stage-parts.tsx';
import { useDial } from './use-dial.ts';

export function NetworkLost({ dial }: { readonly dial: Extract<Dial, { readonly phase: 'network-lost' }> }) {
  const { calls, ask } = useEngine();
  const redial = useDial();
  const nowMs = useNow(1_000);
  const isBack = calls.isLinked && calls.isWelcomed;
  return (
    <Stage light="lost" shape="diamond" state={isBack ? words.network.back : words.call.noNetwork} timer={isBack ? null : `${Math.max(0, Math.floor((nowMs - dial.sinceMs) / 1_000))} s`}>
      <Party number={dial.request.to} partyName={dial.request.partyName} line={null} text={null} />
      <div className={styles['lost']}>
        <p role="status">
          {words.network.dialTitle} <b>{words.network.nobodyRung}</b>
        </p>
        <ol>
          <li>
            <Check />
            {words.network.kept}
          </li>
          {isBack ? null : (
            <li>
              <WifiOff />
              {words.network.trying}
            </li>
          )}
        </ol>
      </div>
      <div className={styles['acts']}>
        {isBack ? (
          <button type="button" className={styles['filled']} onClick={() => redial(dial.request)}>
            <Phone />
            {words.network.callNow}
          </button>
        ) : null}
        <button
          type="button"
          onClick={() => {
            ask({ type: 'dial-dismissed' });
            void go('/');
          }}
        >
          {words.network.stop}
        </button>
      </div>
    </Stage>
  );
}
