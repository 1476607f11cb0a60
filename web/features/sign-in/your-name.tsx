/** One's name, as colleagues see it. Patients never do. */
import { useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { api } from '../../api/api-client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import styles from './me-section.module.css';
import { useSession } from './use-session.ts';

export function YourName() {
  const { member } = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState(member.name);
  const [news, setNews] = useState<'saved' | 'failed' | null>(null);
  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      await api.me.rename({ name: name.trim() });
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
      setNews('saved');
    } catch {
      setNews('failed');
    }
  };
  const isChanged = name.trim() !== '' && name.trim() !== member.name;
  return (
    <section className={`card ${styles['section']}`} aria-label={words.you.name}>
      <form onSubmit={(event) => void save(event)}>
        <label htmlFor="your-name">{words.you.name}</label>
        <div className={styles['beside']}>
          <input
            id="your-name"
            required
            maxLength={120}
            autoComplete="name"
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setNews(null);
            }}
          />
          <button type="submit" className="btn" disabled={!isChanged}>
            {words.you.saveName}
          </button>
        </div>
        <p role={news === 'failed' ? 'alert' : 'status'}>{news === null ? words.you.nameHelp : news === 'saved' ? words.you.nameSaved : words.you.failed}</p>
      </form>
    </section>
  );
}
