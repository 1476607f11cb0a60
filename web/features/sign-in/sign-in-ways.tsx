/** The ways in, in their order: a passkey, then a mailed link with a code. */
import { useQuery } from '@tanstack/react-query';
import { Fingerprint, Users } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { enterCalls } from './enter.ts';
import { passkeyTroubleOf, type Unreached, unreachedBy } from './entry-trouble.ts';
import { askForPasskey, canUsePasskeys } from './passkey-ceremony.ts';
import styles from './sign-in-ways.module.css';
import { waysQuery } from './ways-query.ts';

type Trouble = keyof typeof words.signIn.troubles;

export function SignInWays() {
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ways = useQuery(waysQuery);

  const signIn = async (): Promise<void> => {
    setBusy(true);
    setTrouble(await signInByPasskey());
    setBusy(false);
  };

  return (
    <div className={styles['ways']}>
      <button type="button" className="btn primary big wide" disabled={isBusy} onClick={() => void signIn()}>
        <Fingerprint />
        {words.signIn.passkey}
      </button>
      <p className={styles['help']} role={trouble === null ? undefined : 'alert'}>
        {trouble === null ? words.signIn.passkeyHelp : words.signIn.troubles[trouble]}
      </p>
      {ways.data?.community === true ? <CommunityWay onTrouble={setTrouble} /> : null}
      {ways.data?.email === true ? <EmailWay /> : null}
    </div>
  );
}

async function signInByPasskey(): Promise<Trouble | null> {
  if (!canUsePasskeys()) return 'no-passkeys-here';
  try {
    const { options } = await api.passkeys.startSignIn();
    const asked = await askForPasskey(options);
    if (!asked.ok) return asked.refusal === 'dismissed' ? 'passkey-dismissed' : 'no-passkeys-here';
    await api.passkeys.finishSignIn({ response: asked.response });
  } catch (error) {
    return passkeyTroubleOf(error);
  }
  enterCalls();
  return null;
}

function CommunityWay({ onTrouble }: { readonly onTrouble: (trouble: Trouble) => void }) {
  const go = async (): Promise<void> => {
    try {
      location.assign((await api.community.start()).url);
    } catch (error) {
      onTrouble(isRefusal(error, 'TOO_MANY_REQUESTS') ? 'too-many' : 'community-away');
    }
  };
  return (
    <div className={styles['community']}>
      <p>{words.signIn.orCommunity}</p>
      <button type="button" className="btn wide" onClick={() => void go()}>
        <Users />
        {words.signIn.community}
      </button>
    </div>
  );
}

function EmailWay() {
  const [phase, setPhase] = useState<'asking' | 'sent' | Unreached>('asking');
  const [email, setEmail] = useState('');
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      await api.secondWay.sendEmail({ email });
      setPhase('sent');
    } catch (error) {
      setPhase(unreachedBy(error));
    }
  };
  return (
    <form className={styles['email']} onSubmit={(event) => void send(event)}>
      <label htmlFor="email">{words.signIn.noPasskey}</label>
      <div>
        <input id="email" type="email" required autoComplete="email" placeholder="name@clinic.example" value={email} onChange={(event) => setEmail(event.target.value)} />
        <button type="submit" className="btn">
          {words.signIn.sendLink}
        </button>
      </div>
      <small role={phase === 'asking' ? undefined : 'status'}>{phase === 'asking' ? words.signIn.emailHelp : phase === 'sent' ? words.signIn.emailSent : words.signIn.troubles[phase]}</small>
    </form>
  );
}
