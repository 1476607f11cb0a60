/** What stands in the Call button's place where a call cannot be right: what is so, and the one thing to do. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Sentence } from '../../messages/sentence.ts';
import styles from './dial-box.module.css';

export interface DialBoxProps {
  readonly Icon: LucideIcon;
  readonly sentence: Pick<Sentence, 'title' | 'text'> & { readonly next: string | null };
  readonly isCaution: boolean;
  readonly onNext: () => void;
  readonly children?: ReactNode;
}

export function DialBox({ Icon, sentence, isCaution, onNext, children }: DialBoxProps) {
  return (
    <div className={`${styles['box']} ${isCaution ? '' : styles['flat']}`} role="alert">
      <p className={styles['title']}>
        <Icon />
        {sentence.title}
      </p>
      <p>{sentence.text}</p>
      {children}
      {sentence.next === null ? null : (
        <button type="button" className="btn primary wide" onClick={onNext}>
          {sentence.next}
        </button>
      )}
    </div>
  );
}
