/** The line that the one who is signed in shows, where the contact that is called has none of its own. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api-client.ts';
import { linesQuery } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { linesChanged } from './line-queries.ts';
import styles from './lines-section.module.css';

export function MyLine() {
  const lines = useQuery(linesQuery);
  const { formatOpenly } = usePhoneNumbers();
  const [said, setSaid] = useState<string | null>(null);
  const all = (lines.data ?? []).filter(({ isToShow }) => isToShow);
  const practices = all.find(({ isDefault }) => isDefault);
  if (all.length < 2) return null;
  const choose = async (value: string): Promise<void> => {
    try {
      await api.lines.setMine({ lineId: all.find(({ id }) => id === value)?.id ?? null });
      setSaid(words.lines.mineSaved);
    } catch {
      setSaid(words.you.failed);
    }
    await linesChanged();
  };
  return (
    <section className={`card ${styles['mine']}`} aria-label={words.lines.mineTitle}>
      <h2>{words.lines.mineTitle}</h2>
      <p id="my-line-help">{words.lines.mineText}</p>
      <select aria-label={words.lines.mineTitle} aria-describedby="my-line-help" value={all.find(({ isMine }) => isMine)?.id ?? ''} onChange={(event) => void choose(event.target.value)}>
        <option value="">{practices === undefined ? words.lines.practices : words.lines.practicesNamed(practices.name)}</option>
        {all.map(({ id, name, number }) => (
          <option key={id} value={id}>
            {`${name}, ${formatOpenly(number)}`}
          </option>
        ))}
      </select>
      <p role="status">{said}</p>
    </section>
  );
}
