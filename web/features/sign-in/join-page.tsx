/** The end of an invitation: a new member makes a passkey; one who is signed in already only says yes. */
import { useQuery } from '@tanstack/react-query';
import { Fingerprint } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { useTitle } from '../../ui/use-title.ts';
import { Door, takeToken } from './door.tsx';
import { enterCalls } from './enter.ts';
import { passkeyTroubleOf } from './entry-trouble.ts';
import { makePasskey } from './passkey-ceremony.ts';
import styles from './sign-in-form.module.css';

type Invitation = Awaited<ReturnType<typeof api.invitations.open>>;

export function JoinPage() {
  useTitle(words.pages.title(words.pages.signIn));
  const [token] = useState(takeToken);
  const session = useQuery(sessionQuery);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isUsed, setUsed] = useState(token === null);
  const hasBegun = useRef(false);

  const refuse = (error: unknown): void => {
    if (isRefusal(error, 'LINK_USED_OR_EXPIRED') || isRefusal(error, 'BAD_REQUEST')) setUsed(true);
    else setTrouble(isRefusal(error, 'ALREADY_A_MEMBER') ? words.signIn.joinAlready : words.signIn.troubles[passkeyTroubleOf(error)]);
  };
  const open = (): void => {
    if (token === null) return;
    setTrouble(null);
    api.invitations.open({ token }).then(setInvitation, refuse);
  };
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    open();
  });

  const join = async (): Promise<void> => {
    if (token === null || invitation === null) return;
    try {
      const made = await makePasskey(invitation.options);
      if (!made.ok) return setTrouble(words.signIn.troubles[made.refusal === 'dismissed' ? 'passkey-dismissed' : 'no-passkeys-here']);
      await api.invitations.join({ token, response: made.response });
      enterCalls();
    } catch (error) {
      refuse(error);
    }
  };
  const joinHere = async (): Promise<void> => {
    if (token === null) return;
    try {
      await api.invitations.joinSignedIn({ token });
      enterCalls();
    } catch (error) {
      refuse(error);
    }
  };

  if (isUsed)
    return (
      <Door>
        <h1>{words.signIn.usedTitle}</h1>
        <p className={styles['lead']}>{words.signIn.howMember}</p>
      </Door>
    );
  return (
    <Door>
      <h1>{invitation === null ? (trouble === null ? words.signIn.opening : words.signIn.failedTitle) : words.signIn.joinTitle(invitation.practiceName)}</h1>
      {invitation === null ? null : (
        <div className={styles['form']}>
          <p className={styles['lead']}>{words.signIn.joinText(invitation.name)}</p>
          <button type="button" className="btn primary big wide" onClick={() => void join()}>
            <Fingerprint />
            {words.signIn.joinNext}
          </button>
          {session.data === undefined || session.data === null ? null : (
            <button type="button" className="btn wide" onClick={() => void joinHere()}>
              {words.signIn.joinHere(session.data.member.name)}
            </button>
          )}
        </div>
      )}
      <p role="alert">{trouble}</p>
      {/* Only here: the address holds the invitation no more, so a reload would have lost it. */}
      {invitation === null && trouble !== null ? (
        <button type="button" className="btn primary big wide" onClick={open}>
          {words.tryAgain}
        </button>
      ) : null}
    </Door>
  );
}
