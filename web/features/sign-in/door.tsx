/** The two halves of every page before the sign-in: what Quietline is, and the way in. */
import type { ReactNode } from 'react';
import { words } from '../../messages/messages.ts';
import { BrandMark } from '../../ui/brand-mark.tsx';
import styles from './sign-in-page.module.css';

export function Door({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles['door']}>
      <header className={styles['say']}>
        <BrandMark />
        <p className={styles['claim']}>{words.signIn.claim}</p>
        <p>{words.signIn.claimText}</p>
        <p className={styles['hosted']}>{words.signIn.hosted}</p>
      </header>
      <main id="main" className={styles['ways']}>
        <div className={styles['mark']}>
          <BrandMark />
        </div>
        {children}
      </main>
    </div>
  );
}

/** Takes a secret out of the address and its history entry, before anything else happens. */
export function takeToken(): string | null {
  const token = location.hash.slice(1);
  if (token === '') return null;
  history.replaceState(history.state, '', location.pathname);
  return token;
}
