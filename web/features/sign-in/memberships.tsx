/** The practices of one person, where there are several, and the way from one to another. */
import { useQuery } from '@tanstack/react-query';
import { House } from 'lucide-react';
import { useState } from 'react';
import type { MemberId } from '#contract/ids.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { enterCalls } from './enter.ts';
import styles from './me-section.module.css';
import { membershipsQuery } from './your-queries.ts';

export function Memberships() {
  const memberships = useQuery(membershipsQuery);
  const [hasFailed, setFailed] = useState(false);
  const several = memberships.data ?? [];
  if (several.length < 2) return null;
  const enter = async (memberId: MemberId): Promise<void> => {
    try {
      await api.me.switchPractice({ memberId });
      enterCalls();
    } catch {
      setFailed(true);
    }
  };
  return (
    <section className={`card ${styles['section']}`} aria-label={words.you.practices}>
      <h2>{words.you.practices}</h2>
      <ul>
        {several.map((each) => (
          <li key={each.memberId}>
            <House />
            <span>
              <b>{each.practiceName}</b>
              {each.isCurrent ? <small>{words.you.here}</small> : null}
            </span>
            {each.isCurrent ? null : (
              <button type="button" className="btn compact" onClick={() => void enter(each.memberId)}>
                {words.you.enter}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p role="alert">{hasFailed ? words.you.failed : null}</p>
    </section>
  );
}
