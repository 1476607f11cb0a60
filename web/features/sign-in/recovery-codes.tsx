/** Recovery codes, at the one moment they are shown: to be written down, copied or printed. */
import { Printer } from 'lucide-react';
import { words } from '../../messages/all-words.ts';
import { Once } from '../../ui/once.tsx';
import styles from './me-section.module.css';

export function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  return (
    <div className={styles['recovery']}>
      <h3>{words.you.recovery}</h3>
      <p>{words.you.recoveryText}</p>
      <Once secret={codes.join('\n')} label={words.you.recovery}>
        <ol className={styles['codes']}>
          {codes.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ol>
      </Once>
      <div className={styles['buttons']}>
        <button type="button" className="btn primary" onClick={onDone}>
          {words.you.written}
        </button>
        <button type="button" className="btn" onClick={() => print()}>
          <Printer />
          {words.you.print}
        </button>
      </div>
    </div>
  );
}
