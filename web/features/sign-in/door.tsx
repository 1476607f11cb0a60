/** The two halves of every page before the sign-in: what Quietline is, and the way in. */
import { type ReactNode, useEffect } from 'react';
import { words } from '../../messages/messages.ts';
import { BrandMark } from '../../ui/brand-mark.tsx';
import styles from './sign-in-page.module.css';

export function Door({ children }: { readonly children: ReactNode }) {
  // A link put into a tab that is at the door already loads nothing: only the fragment changes, and nobody would read it.
  useEffect(() => {
    const beginAnew = (): void => {
      if (location.hash.length > 1) location.reload();
    };
    addEventListener('hashchange', beginAnew);
    return () => removeEventListener('hashchange', beginAnew);
  }, []);
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
