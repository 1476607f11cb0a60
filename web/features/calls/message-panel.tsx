/** The member's messages, to be left in whatever answered: after the beep, or now. The member is free with the press. */
import { useQuery } from '@tanstack/react-query';
import { Voicemail } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { Link } from '../../router/link.tsx';
import { chooseMessage, chosenMessage, leavableMessages, type LeavableMessage, spokenMessagesQuery } from '../spoken-messages/spoken-message-queries.ts';
import { useEngine } from './engine-context.tsx';
import styles from './message-panel.module.css';
import { StagePanel } from './stage-panel.tsx';

export function MessagePanel({ call, onClose }: { readonly call: CallView; readonly onClose: () => void }) {
  const { calls, ask } = useEngine();
  const messages = useQuery(spokenMessagesQuery);
  const text = words.spokenMessages;
  const list = messages.isSuccess ? leavableMessages(messages.data) : [];
  const chosen = chosenMessage(list);
  const isPossible = call.answeredAt !== null && calls.isLinked;
  const leave = (message: LeavableMessage, when: 'after-beep' | 'now'): void => {
    chooseMessage(message.id);
    ask({ type: 'leave-message-asked', callId: call.id, messageId: message.id, when });
  };
  return (
    <StagePanel title={text.panelTitle} text={text.panelText} onClose={onClose}>
      {calls.refusedMessageCallId === call.id ? (
        <p className={styles['said']} role="alert">
          {text.refused}
        </p>
      ) : null}
      {isPossible ? null : <p className={styles['said']}>{text.notAnswered}</p>}
      {messages.isPending ? <p className={styles['said']}>{words.loading(text.section.title)}</p> : null}
      {messages.isError ? (
        <p className={styles['said']} role="alert">
          {text.notLoaded}
        </p>
      ) : null}
      {messages.data?.length === 0 ? (
        <p className={styles['said']}>
          {text.none}{' '}
          <Link to="/settings/messages">
            {text.recordFirst}
          </Link>
        </p>
      ) : null}
      <ul className={styles['list']}>
        {list.map((message) => (
          <li key={message.id}>
            <span className={styles['tile']}>
              <Voicemail />
            </span>
            <span className={styles['name']}>
              <b>{message.name}</b>
              <small>{text.lasts(Math.max(1, Math.round(message.durationMs / 1_000)))}</small>
            </span>
            <button type="button" className={styles['plain']} disabled={!isPossible} aria-label={text.leaveNow(message.name)} onClick={() => leave(message, 'now')}>
              {text.now}
            </button>
            <button type="button" className={message === chosen ? styles['main'] : styles['plain']} disabled={!isPossible} aria-label={text.leaveAfterBeep(message.name)} onClick={() => leave(message, 'after-beep')}>
              {text.afterBeep}
            </button>
          </li>
        ))}
      </ul>
    </StagePanel>
  );
}
