/** Who is signed in here, how they come in, where else they are, and the way out. */
import { LogOut, UserRound } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useTitle } from '../../ui/use-title.ts';
import { Memberships } from './memberships.tsx';
import styles from './more-page.module.css';
import { Passkeys } from './passkeys.tsx';
import { forgetNotes } from '../notes/note-keeper.ts';
import { SecondWay } from './second-way.tsx';
import { Sessions } from './sessions.tsx';
import { useSession } from './use-session.ts';

export function MorePage() {
  useTitle(words.pages.title(words.you.title));
  const { member, practice } = useSession();
  const [hasFailed, setFailed] = useState(false);

  const signOut = async (): Promise<void> => {
    try {
      await api.signIn.signOut();
      forgetNotes();
      location.replace('/sign-in');
    } catch {
      setFailed(true);
    }
  };

  return (
    <main id="main" className={styles['page']}>
      <h1>{words.you.title}</h1>
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
      <Memberships />
      <Passkeys />
      <SecondWay />
      <Sessions />
    </main>
  );
}
