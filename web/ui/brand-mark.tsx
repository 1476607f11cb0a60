/** The product's mark and name, with the practice's below. */
import styles from './brand-mark.module.css';
import { words } from '../messages/messages.ts';

export function BrandMark({ practice }: { readonly practice?: string | undefined }) {
  return (
    <div className={styles['brand']}>
      <svg viewBox="0 0 28 28" fill="none" aria-hidden="true">
        <circle cx="12.5" cy="13" r="8.6" stroke="currentColor" strokeWidth="3.4" />
        <path d="M15.5 21.6H25.4" stroke="currentColor" strokeWidth="3.4" strokeLinecap="round" />
      </svg>
      <div>
        <b>{words.product}</b>
        {practice === undefined ? null : <small>{practice}</small>}
      </div>
    </div>
  );
}
