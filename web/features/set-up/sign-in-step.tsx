/** Step 2: the first admin's name and passkey, which make the practice; then a spare. From here on there is one, and this session is in it. */
import { useQuery } from '@tanstack/react-query';
import { Fingerprint, KeyRound } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { queryClient, sessionQuery } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { agentWords } from '../sign-in/agent-words.ts';
import { makePasskey } from '../sign-in/passkey-ceremony.ts';
import { credentialsQuery } from '../sign-in/your-queries.ts';
import styles from './set-up.module.css';
import { StepFrame } from './step-frame.tsx';
import type { PracticeDraft } from './use-set-up.ts';

export interface SignInStepProps {
  readonly draft: PracticeDraft;
  readonly isMade: boolean;
  readonly onMade: () => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

export function SignInStep({ draft, isMade, onMade, onBack, onNext }: SignInStepProps) {
  return (
    <StepFrame step={2} text={words.setUp.signInText(draft.name)}>
      <div className={styles['form']}>
        {isMade ? <Spare onNext={onNext} /> : <FirstPasskey draft={draft} onMade={onMade} onBack={onBack} />}
        <section className={`card ${styles['shows']}`} aria-label={words.setUp.follows}>
          <h2>{words.setUp.follows}</h2>
          <dl>
            {(['roles', 'mayDo', 'notes'] as const).map((fact) => (
              <div key={fact}>
                <dt>{words.setUp[fact]}</dt>
                <dd>{words.setUp[`${fact}Text`]}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </StepFrame>
  );
}

function FirstPasskey({ draft, onMade, onBack }: Pick<SignInStepProps, 'draft' | 'onMade' | 'onBack'>) {
  const credentials = useQuery(credentialsQuery);
  const hasPasskey = (credentials.data?.passkeys.length ?? 0) > 0;
  const [name, setName] = useState('');
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  /** Null once the practice is made; what was done of it stays, and the same button goes on from there. */
  const make = async (adminName: string): Promise<string | null> => {
    if (!hasPasskey) {
      const { options } = await api.passkeys.startAdding({ accountName: adminName });
      const made = await makePasskey(options);
      if (!made.ok) return made.refusal === 'dismissed' ? words.setUp.notMade : words.setUp.noPasskeys;
      queryClient.setQueryData(credentialsQuery.queryKey, await api.passkeys.finishAdding({ response: made.response, name: agentWords(navigator.userAgent) }));
    }
    const { memberId } = await api.practices.create({ ...draft, adminName, isAdminMe: true });
    await api.me.switchPractice({ memberId });
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    return null;
  };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const adminName = name.trim();
    if (adminName === '') {
      setTrouble(words.setUp.yourNameMissing);
      document.getElementById('admin-name')?.focus();
      return;
    }
    setBusy(true);
    try {
      const refused = await make(adminName);
      setTrouble(refused);
      if (refused === null) onMade();
    } catch (error) {
      setTrouble(isRefusal(error, 'COUNTRY_UNKNOWN') || isRefusal(error, 'TIME_ZONE_UNKNOWN') ? words.setUp.notAccepted : words.setUp.failed);
    }
    setBusy(false);
  };

  return (
    <form className={styles['fields']} onSubmit={(event) => void submit(event)} noValidate>
      <div className={styles['field']}>
        <label htmlFor="admin-name">{words.setUp.yourName}</label>
        <input id="admin-name" maxLength={120} autoComplete="name" value={name} aria-describedby="admin-trouble" onChange={(event) => setName(event.target.value)} />
      </div>
      {hasPasskey ? <p>{words.setUp.hasPasskey}</p> : null}
      <p id="admin-trouble" className={styles['trouble']} role={trouble === null ? 'status' : 'alert'}>
        {isBusy ? words.setUp.making : trouble}
      </p>
      <div className={styles['next']}>
        <button type="submit" className="btn primary big" disabled={isBusy || credentials.isPending}>
          <Fingerprint />
          {hasPasskey ? words.setUp.makePractice : words.setUp.makePasskey}
        </button>
        <button type="button" className="btn quiet" onClick={onBack}>
          {words.setUp.back}
        </button>
      </div>
    </form>
  );
}

function Spare({ onNext }: Pick<SignInStepProps, 'onNext'>) {
  const [news, setNews] = useState<string | null>(null);
  const add = async (): Promise<void> => {
    try {
      const { options } = await api.passkeys.startAdding({});
      const made = await makePasskey(options);
      if (!made.ok) return setNews(words.setUp.spareNotAdded);
      await api.passkeys.finishAdding({ response: made.response, name: words.setUp.spareName });
      setNews(words.setUp.spareAdded);
    } catch {
      setNews(words.setUp.spareNotAdded);
    }
  };
  return (
    <div className={styles['fields']}>
      <section className={styles['part']} aria-label={words.setUp.spareTitle}>
        <h2>{words.setUp.spareTitle}</h2>
        <p>{words.setUp.spareText}</p>
        <button type="button" className="btn" onClick={() => void add()}>
          <KeyRound />
          {words.setUp.addSpare}
        </button>
        <p role="status">{news}</p>
      </section>
      <div className={styles['next']}>
        <button type="button" className="btn primary big" onClick={onNext}>
          {words.setUp.toCarrier}
        </button>
      </div>
    </div>
  );
}
