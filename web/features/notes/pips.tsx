/** A note's life as eight pips, one a day; they fade from the right. Said in words beside it. */
import styles from './pips.module.css';

const DAY_MS = 86_400_000;

export function Pips({ leftMs, isLastDay = false }: { readonly leftMs: number; readonly isLastDay?: boolean }) {
  const left = Math.max(0, Math.min(8, Math.ceil(leftMs / DAY_MS)));
  return (
    <span className={`${styles['pips']} ${isLastDay ? styles['last'] : ''}`} aria-hidden="true">
      {Array.from({ length: 8 }, (_, index) => (
        <i key={index} className={index < left ? styles['left'] : undefined} />
      ))}
    </span>
  );
}
