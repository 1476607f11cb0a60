/** What callers left, above the log: not yet settled first, done ones on request. Nothing where nobody left anything. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { VoicemailView } from '#contract/voicemail.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { LoadFailed } from '../../ui/load-states.tsx';
import { useUndo } from '../call-log/use-undo.ts';
import { VoicemailCard } from './voicemail-card.tsx';
import { voicemailQuery, writeVoicemail } from './voicemail-queries.ts';
import styles from './voicemail.module.css';

export function VoicemailInbox() {
  const open = useInfiniteQuery(voicemailQuery(false));
  const [isDoneShown, setDoneShown] = useState(false);
  const done = useInfiniteQuery({ ...voicemailQuery(true), enabled: isDoneShown });
  const [hasFailed, setFailed] = useState(false);
  const [news, setNews] = useState('');
  const { undo, offer, withdraw } = useUndo();
  const text = words.voicemail;
  const messages = (open.data?.pages ?? []).flatMap((page) => page.messages);
  const settled = isDoneShown ? (done.data?.pages ?? []).flatMap((page) => page.messages) : [];
  const unheard = messages.filter(({ isHeard }) => !isHeard).length;

  const write = async (run: () => Promise<unknown>): Promise<boolean> => {
    try {
      await writeVoicemail(run);
      setFailed(false);
      return true;
    } catch {
      setFailed(true);
      return false;
    }
  };
  const setDone = async ({ callId }: VoicemailView, isDone: boolean): Promise<void> => {
    withdraw();
    if (!(await write(() => api.voicemail.setDone({ callId, isDone })))) return;
    if (!isDone) return setNews('');
    setNews(text.markedDone);
    offer(() => void write(() => api.voicemail.setDone({ callId, isDone: false })));
  };
  const remove = async ({ callId }: VoicemailView): Promise<void> => {
    withdraw();
    if (!(await write(() => api.voicemail.remove({ callId })))) return;
    setNews(text.deleted);
    offer(() => void write(() => api.voicemail.restore({ callId })));
  };
  const cards = (list: readonly VoicemailView[]) => list.map((message) => <VoicemailCard key={message.callId} message={message} onDone={(isDone) => void setDone(message, isDone)} onDelete={() => void remove(message)} />);

  if (open.isError && messages.length === 0) return <LoadFailed text={text.failed} onRetry={open.refetch} />;
  if (messages.length === 0 && undo === null && !hasFailed && !isDoneShown) return null;
  return (
    <section className={styles['inbox']} aria-label={text.title}>
      <h2>
        {text.title}
        <span>{messages.length === 0 ? '' : unheard === 0 ? text.allHeard : text.unheard(unheard)}</span>
        <button type="button" aria-expanded={isDoneShown} onClick={() => setDoneShown(!isDoneShown)}>
          {isDoneShown ? text.hideDone : text.showDone}
        </button>
      </h2>
      {messages.length === 0 ? null : <ul>{cards(messages)}</ul>}
      {open.hasNextPage ? (
        <button type="button" className="btn compact" disabled={open.isFetchingNextPage} onClick={() => void open.fetchNextPage()}>
          {text.older}
        </button>
      ) : null}
      <p className={styles['after']} aria-live="polite">
        {hasFailed ? <span role="alert">{text.writeFailed}</span> : null}
        {undo === null ? null : (
          <>
            {news}
            <button type="button" className="btn compact" onClick={undo}>
              {text.undo}
            </button>
          </>
        )}
      </p>
      {isDoneShown && done.isError ? <LoadFailed text={text.failed} onRetry={done.refetch} /> : null}
      {isDoneShown && done.isSuccess && settled.length === 0 ? <p className={styles['none']}>{text.noneDone}</p> : null}
      {settled.length === 0 ? null : <ul>{cards(settled)}</ul>}
      {isDoneShown && done.hasNextPage ? (
        <button type="button" className="btn compact" disabled={done.isFetchingNextPage} onClick={() => void done.fetchNextPage()}>
          {text.older}
        </button>
      ) : null}
    </section>
  );
}
