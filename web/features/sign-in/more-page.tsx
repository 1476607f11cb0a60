/** Who is signed in here, and the way out. */
import { useNavigate } from '@tanstack/react-router';
import { LogOut, UserRound } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { useTitle } from '../../ui/use-title.ts';
import styles from './more-page.module.css';
import { useSession } from './use-session.ts';

export function MorePage() {
  useTitle(words.pages.title(words.more));
  const { member, practice } = useSession();
  const navigate = useNavigate();
  const [hasFailed, setFailed] = useState(false);

  const signOut = async (): Promise<void> => {
    try {
      await api.signIn.signOut();
      queryClient.clear();
      await navigate({ to: '/sign-in' });
    } catch {
      setFailed(true);
    }
  };

  return (
    <main id="main" className={styles['page']}>
      <h1>{words.more}</h1>
      <div className={`card ${styles['who']}`}>
        <UserRound className="large" />
        <p>
          <b>{member.name}</b>
          <span>{practice.name}</span>
        </p>
        <button type="button" className="btn" onClick={() => void signOut()}>
          <LogOut />
          {words.signIn.signOut}
        </button>
      </div>
      <p className={styles['hint']} role={hasFailed ? 'alert' : undefined}>
        {hasFailed ? words.serverAway.title : words.signIn.signedOutText}
      </p>
    </main>
  );
}
