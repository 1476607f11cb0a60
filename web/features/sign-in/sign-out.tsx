/** The way out of this device, and what becomes of a call then. */
import { LogOut, UserRound } from 'lucide-react';
import { useState } from 'react';
import { words } from '../../messages/messages.ts';
import { sendNotes } from '../notes/note-keeper.ts';
import styles from './me-section.module.css';
import { useSession } from './use-session.ts';
import { signOutHere } from './way-out.ts';

/** Long enough for a slow network; nobody waits longer to leave. */
const SEND_WITHIN_MS = 4_000;

export function SignOut() {
  const { member, practice } = useSession();
  const [hasFailed, setFailed] = useState(false);
  const [isLosing, setLosing] = useState(false);

  const signOut = async (isLosingNotes: boolean): Promise<void> => {
    try {
      // Keeping it for the next sign-in would leave a patient's data on a device that nobody is signed in on.
      if (!isLosingNotes && !(await sendNotes(SEND_WITHIN_MS))) return setLosing(true);
      await signOutHere();
    } catch {
      setFailed(true);
    }
  };

  return (
    <>
      <div className={`card ${styles['who']}`}>
        <UserRound className="large" />
        <p>
          <b>{member.name}</b>
          <span>{practice.name}</span>
        </p>
        <button type="button" className="btn" onClick={() => void signOut(false)}>
          <LogOut />
          {words.signIn.signOut}
        </button>
      </div>
      {isLosing ? (
        <div className={`card ${styles['section']}`} role="alert">
          <p>{words.signIn.losingNote}</p>
          <button type="button" className="btn" onClick={() => setLosing(false)}>
            {words.signIn.stay}
          </button>
          <button type="button" className="btn quiet" onClick={() => void signOut(true)}>
            {words.signIn.loseNote}
          </button>
        </div>
      ) : null}
      <p className={styles['hint']} role={hasFailed ? 'alert' : undefined}>
        {hasFailed ? words.serverAway.title : words.signIn.signedOutText}
      </p>
    </>
  );
}
