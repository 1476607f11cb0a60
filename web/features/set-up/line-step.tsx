/** Step 4: what a proven line is, and the way to one. Proving itself happens in Settings, where it is done again after 180 days. */
import { Phone, PhoneCall } from 'lucide-react';
import { words } from '../../messages/all-words.ts';
import styles from './set-up.module.css';
import { StepFrame } from './step-frame.tsx';

const LINES = '/settings/lines';

export function LineStep({ isSandbox, onOpen }: { readonly isSandbox: boolean; readonly onOpen: (address: string) => void }) {
  const title = isSandbox ? words.setUp.lineSandboxTitle : words.setUp.lineTrunkTitle;
  return (
    <StepFrame step={4} text={words.setUp.lineText}>
      <div className={styles['form']}>
        <div className={styles['fields']}>
          <section className={styles['part']} aria-label={title}>
            <h2>{title}</h2>
            <p>{isSandbox ? words.setUp.lineSandboxText : words.setUp.lineTrunkText}</p>
          </section>
          <div className={styles['next']}>
            <button type="button" className="btn primary big" onClick={() => onOpen(isSandbox ? '/' : LINES)}>
              {isSandbox ? <Phone /> : <PhoneCall />}
              {isSandbox ? words.setUp.openCalls : words.setUp.prove}
            </button>
            <button type="button" className="btn quiet" onClick={() => onOpen(isSandbox ? LINES : '/')}>
              {isSandbox ? words.setUp.prove : words.setUp.later}
            </button>
          </div>
        </div>
      </div>
    </StepFrame>
  );
}
