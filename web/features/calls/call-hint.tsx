/** What a call's sound suggests, as a hint on the stage, with the one act that fits it. Does nothing by itself. */
import { useQuery } from '@tanstack/react-query';
import { AudioLines, X } from 'lucide-react';
import { useState } from 'react';
import type { CallHint as Hint, CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { chosenMessage, leavableMessages, spokenMessagesQuery } from '../spoken-messages/spoken-message-queries.ts';
import styles from './call-hint.module.css';
import { useEngine } from './engine-context.tsx';
import { setPanel } from './panel-store.ts';

/** Where a message may be what one wants next. */
const machineHints: ReadonlySet<Hint> = new Set(['mailbox', 'beep', 'silence']);

export const isMachineHint = (hint: Hint | null): boolean => hint !== null && machineHints.has(hint);

export function CallHint({ call }: { readonly call: CallView }) {
  const { ask } = useEngine();
  const { data: recorded } = useQuery(spokenMessagesQuery);
  const [dismissed, setDismissed] = useState<Hint | null>(null);
  const { hint } = call;
  if (hint === null || hint === dismissed) return null;
  const chosen = recorded === undefined ? undefined : chosenMessage(leavableMessages(recorded));
  const { title, text } = words.spokenMessages.hints[hint];
  return (
    <div className={styles['hint']} role="status" aria-label={words.spokenMessages.hintLabel}>
      <AudioLines className="large" />
      <p>
        <b>{title}</b> {text}
      </p>
      {call.answeredAt !== null && isMachineHint(hint) ? (
        <button
          type="button"
          className={styles['act']}
          onClick={() => (chosen === undefined ? setPanel('message') : ask({ type: 'leave-message-asked', callId: call.id, messageId: chosen.id, when: hint === 'beep' ? 'now' : 'after-beep' }))}
        >
          {chosen === undefined ? words.spokenMessages.panelTitle : words.spokenMessages.leave(chosen.name)}
        </button>
      ) : null}
      <button type="button" className={styles['dismiss']} aria-label={words.spokenMessages.dismissHint} onClick={() => setDismissed(hint)}>
        <X className="small" />
      </button>
    </div>
  );
}
