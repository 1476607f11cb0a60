/** The end of a form: the button that carries it out, and the one that leaves it. */
import type { ReactNode } from 'react';
import { words } from '../messages/messages.ts';
import styles from './form-acts.module.css';

interface FormActsProps {
  /** What the first says. */
  readonly children: ReactNode;
  /** What the other says, where nothing is called off by it. */
  readonly leave?: string;
  readonly onLeave: () => void;
}

export function FormActs({ children, leave = words.cancel, onLeave }: FormActsProps) {
  return (
    <div className={styles['acts']}>
      <button type="submit" className="btn primary">
        {children}
      </button>
      <button type="button" className="btn quiet" onClick={onLeave}>
        {leave}
      </button>
    </div>
  );
}
