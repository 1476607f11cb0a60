/** The idle lock: hides everything but a live call's bar, and opens to the same person only. */
import { Fingerprint, Info, Lock, UserRound } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { useTitle } from '../../ui/use-title.ts';
import { passkeyTroubleOf, unreachedBy } from './entry-trouble.ts';
import styles from './locked-page.module.css';
import { askForPasskey } from './passkey-ceremony.ts';
import { useSession } from './use-session.ts';
import { leavePage, signOutHere } from './way-out.ts';

export function LockedPage({ isOnCall }: { readonly isOnCall: boolean }) {
  useTitle(words.pages.title(words.signIn.locked));
  const { member } = useSession();
  const [trouble, setTrouble] = useState<string | null>(null);
  const [code, setCode] = useState('');

  // Whatever was asked for while locked was refused: all of it is asked again.
  const open = (): void => void queryClient.invalidateQueries();
  const unlockByPasskey = async (): Promise<void> => {
    try {
      const { options } = await api.passkeys.startSignIn();
      const asked = await askForPasskey(options);
      if (!asked.ok) return setTrouble(words.signIn.troubles['passkey-dismissed']);
      await api.me.unlock({ passkey: asked.response });
      open();
    } catch (error) {
      setTrouble(words.signIn.troubles[passkeyTroubleOf(error)]);
    }
  };
  const unlockByCode = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      await api.me.unlock({ code: code.trim() });
      open();
    } catch (error) {
      const isCodeWrong = isRefusal(error, 'CODE_REFUSED') || isRefusal(error, 'BAD_REQUEST');
      setTrouble(isCodeWrong ? words.signIn.codeRefused : words.signIn.troubles[unreachedBy(error)]);
    }
  };
  const leave = (): Promise<void> => signOutHere().catch(() => leavePage());

  return (
    <main id="main" className={styles['lock']}>
      <span className={styles['mark']}>
        <Lock />
      </span>
      <h1>{words.signIn.locked}</h1>
      <p>{isOnCall ? words.signIn.lockedCallText : words.signIn.lockedText}</p>
      <p className={styles['who']}>
        <UserRound />
        {member.name}
      </p>
      <button type="button" className="btn primary big" onClick={() => void unlockByPasskey()}>
        <Fingerprint />
        {words.signIn.unlock}
      </button>
      <form onSubmit={(event) => void unlockByCode(event)}>
        <input aria-label={words.signIn.codeLabel} placeholder={words.signIn.codeLabel} required autoComplete="one-time-code" value={code} onChange={(event) => setCode(event.target.value)} />
        <button type="submit" className="btn">
          {words.signIn.unlockCode}
        </button>
      </form>
      <p role="alert" className={styles['trouble']}>
        {trouble}
      </p>
      <button type="button" className="btn quiet" onClick={() => void leave()}>
        {words.signIn.notYou(member.name)}
      </button>
      {isOnCall ? (
        <p className={styles['safe']}>
          <Info className="small" />
          {words.signIn.lockedSafe}
        </p>
      ) : null}
    </main>
  );
}
