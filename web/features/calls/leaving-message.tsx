/** A message being left while its member is free: what it waits for, and a way to stop it. Turns into the call's end by itself. */
import { Voicemail } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { go } from '../../router/address.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useShown } from '../at-hand/use-shown.ts';
import styles from './ended-call.module.css';
import { useEngine } from './engine-context.tsx';

export function LeavingMessage({ call }: { readonly call: CallView }) {
  const { ask } = useEngine();
  const shown = useShown();
  const heading = useRef<HTMLHeadingElement>(null);
  const text = words.spokenMessages.leaving;
  useTitle(words.pages.title(text.state));
  useEffect(() => heading.current?.focus(), []);
  const phase = call.message ?? 'left';
  return (
    <main id="main" className={styles['room']}>
      <section className={styles['after']} aria-label={text.label}>
        <div className={styles['state']}>
          <span className={styles['square']} aria-hidden="true" />
          <b>{text.state}</b>
        </div>
        <h1 ref={heading} tabIndex={-1}>
          {shown.who(call)}
        </h1>
        <div className={styles['reason']} role="status">
          <span className={styles['tile']}>
            <Voicemail />
          </span>
          <div>
            <h2>{text[phase].title}</h2>
            <p>{text[phase].text(shown.shortWho(call))}</p>
          </div>
        </div>
        <div className={styles['acts']}>
          <button
            type="button"
            className="btn primary big"
            onClick={() => {
              ask({ type: 'end-seen' });
              void go('/');
            }}
          >
            {words.ended.backToCalls}
          </button>
          {phase === 'left' ? null : (
            <button type="button" className="btn quiet" onClick={() => ask({ type: 'end-elsewhere-asked', callId: call.id })}>
              {phase === 'playing' ? text.stopSpeaking : text.stop}
            </button>
          )}
        </div>
      </section>
    </main>
  );
}
