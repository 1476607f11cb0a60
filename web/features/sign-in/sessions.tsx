/** Where one is signed in, and how to end it there. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Laptop } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import styles from './more-page.module.css';
import { sessionsQuery } from './your-queries.ts';

/** "Chrome, Linux" of the long words with which a browser describes itself. */
function shortAgent(userAgent: string): string {
  const browser = /Edg\//.test(userAgent) ? 'Edge' : /Firefox\//.test(userAgent) ? 'Firefox' : /Chrome\//.test(userAgent) ? 'Chrome' : /Safari\//.test(userAgent) ? 'Safari' : null;
  const system = /Android/.test(userAgent) ? 'Android' : /iPhone|iPad/.test(userAgent) ? 'iOS' : /Windows/.test(userAgent) ? 'Windows' : /Mac OS/.test(userAgent) ? 'macOS' : /Linux/.test(userAgent) ? 'Linux' : null;
  return [browser, system].filter((part) => part !== null).join(', ') || userAgent;
}

export function Sessions() {
  const sessions = useQuery(sessionsQuery);
  const queries = useQueryClient();
  const [hasFailed, setFailed] = useState(false);
  const end = async (sessionId: string): Promise<void> => {
    try {
      await api.me.endSession({ sessionId });
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
                {shortAgent(session.userAgent)}, {words.you.methods[session.method]}
              </b>
              <small>{session.isCurrent ? words.you.thisDevice : words.you.active(new Date(session.lastActiveAt).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' }))}</small>
            </span>
            {session.isCurrent ? null : (
              <button type="button" className="btn compact" onClick={() => void end(session.id)}>
                {words.you.endSession}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p role="alert">{hasFailed ? words.you.failed : null}</p>
    </section>
  );
}
