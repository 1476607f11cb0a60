/** Sign-in by a link that works once. The token leaves the address bar before anything else happens. */
import { useEffect, useRef, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { queryClient, sessionQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { go } from '../../router/address.ts';
import { useTitle } from '../../ui/use-title.ts';
import { Door, takeToken } from './door.tsx';
import { type Unreached, unreachedBy } from './entry-trouble.ts';
import { forgetNotes } from '../notes/note-keeper.ts';
import styles from './sign-in-page.module.css';
import { SignInWays } from './sign-in-ways.tsx';
import { wasEnded } from './way-out.ts';

type Redeeming = 'no-token' | 'opening' | 'used-or-expired' | Unreached;

export function SignInPage() {
  useTitle(words.pages.title(words.pages.signIn));
  // Read once, even where React runs effects twice: the second time the address holds no token.
  const [token] = useState(takeToken);
  const [phase, setPhase] = useState<Redeeming>(token === null ? 'no-token' : 'opening');
  const hasBegun = useRef(false);

  // Whoever was here before: an expired session leaves no patient's words in the browser either.
  useEffect(() => forgetNotes(), []);

  const redeem = async (): Promise<void> => {
    if (token === null) return;
    setPhase('opening');
    try {
      const session = await api.signIn.redeemLink({ token });
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await go('/', { replace: true });
    } catch (error) {
      const isDead = isRefusal(error, 'LINK_USED_OR_EXPIRED') || isRefusal(error, 'BAD_REQUEST');
      setPhase(isDead ? 'used-or-expired' : unreachedBy(error));
    }
  };
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    void redeem();
  });

  return (
    <Door>
      <SignInText phase={phase} onRetry={() => void redeem()} />
    </Door>
  );
}

function SignInText({ phase, onRetry }: { readonly phase: Redeeming; readonly onRetry: () => void }) {
  switch (phase) {
    case 'opening':
      return (
        <h1 role="status" className={styles['quiet']}>
          {words.signIn.opening}
        </h1>
      );
    case 'used-or-expired':
      return (
        <div role="alert">
          <h1>{words.signIn.usedTitle}</h1>
          <p className={styles['lead']}>{words.signIn.usedText}</p>
          <HowToGetLink />
          <div className={styles['else']}>
            <SignInWays />
          </div>
        </div>
      );
    case 'no-token':
      return (
        <>
          <h1>{words.signIn.title}</h1>
          {wasEnded() ? (
            <p role="status" className={styles['lead']}>
              {words.network.signedOut}
            </p>
          ) : null}
          <SignInWays />
          <HowToGetLink />
        </>
      );
    case 'too-many':
    case 'server-away':
      return (
        <div role="alert">
          <h1>{words.signIn.failedTitle}</h1>
          <p className={styles['lead']}>{words.signIn.troubles[phase]}</p>
          <button type="button" className="btn primary big wide" onClick={onRetry}>
            {words.tryAgain}
          </button>
        </div>
      );
  }
}

function HowToGetLink() {
  return (
    <section className={styles['how']} aria-label={words.signIn.howTitle}>
      <h2>{words.signIn.howTitle}</h2>
      <ul>
        <li>{words.signIn.howMember}</li>
        <li>{words.signIn.howOperator}</li>
      </ul>
    </section>
  );
}
