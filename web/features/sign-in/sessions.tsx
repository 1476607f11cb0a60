/** Where one is signed in, and how to end it there. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Laptop } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { agentWords } from './agent-words.ts';
import styles from './me-section.module.css';
import { useFormats } from './use-formats.ts';
import { sessionsQuery } from './your-queries.ts';

export function Sessions() {
  const sessions = useQuery(sessionsQuery);
  const queries = useQueryClient();
  const { dateAndTime } = useFormats();
  const [hasFailed, setFailed] = useState(false);
  const attempt = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
      await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <section className={`card ${styles['section']}`} aria-label={words.you.sessions}>
      <h2>{words.you.sessions}</h2>
      <ul>
        {(sessions.data ?? []).map((session) => (
          <li key={session.id}>
            <Laptop />
            <span>
              <b>
                {agentWords(session.userAgent)}, {words.you.methods[session.method]}
              </b>
              <small>{session.isCurrent ? words.you.thisDevice : words.you.active(dateAndTime(session.lastActiveAt))}</small>
            </span>
            {session.isCurrent ? null : (
              <button type="button" className="btn compact" onClick={() => void attempt(() => api.me.endSession({ sessionId: session.id }))}>
                {words.you.endSession}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p role="alert">{hasFailed ? words.you.failed : null}</p>
      <button type="button" className="btn" onClick={() => void attempt(() => api.me.endOtherSessions())}>
        {words.you.endOthers}
      </button>
    </section>
  );
}
