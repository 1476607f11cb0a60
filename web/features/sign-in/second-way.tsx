/** The second way in: an e-mailed link with an authenticator's code. Set up in three steps, in place; recovery codes are shown once. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import styles from './more-page.module.css';
import { credentialsQuery } from './your-queries.ts';

type Step = { readonly name: 'idle' } | { readonly name: 'confirming'; readonly secret: string; readonly uri: string } | { readonly name: 'recovery'; readonly codes: readonly string[] };

/** Four by four: a key is typed by hand. */
const inFours = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, '$1 ');

export function SecondWay() {
  const credentials = useQuery(credentialsQuery);
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>({ name: 'idle' });
  const [email, setEmail] = useState('');
  const [code, setCode] = useState('');
  const [trouble, setTrouble] = useState<string | null>(null);
  const known = credentials.data;

  const begin = async (): Promise<void> => {
    try {
      setStep({ name: 'confirming', ...(await api.secondWay.startAuthenticator()) });
      setEmail(known?.email ?? '');
      setTrouble(null);
    } catch {
      setTrouble(words.you.failed);
    }
  };
  const confirm = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      const { recoveryCodes } = await api.secondWay.confirmAuthenticator({ code: code.replaceAll(' ', ''), email });
      setStep({ name: 'recovery', codes: recoveryCodes });
      setTrouble(null);
      setCode('');
      await queries.invalidateQueries({ queryKey: credentialsQuery.queryKey });
    } catch (error) {
      setTrouble(isRefusal(error, 'EMAIL_TAKEN') ? words.you.emailTaken : isRefusal(error, 'CODE_REFUSED') || isRefusal(error, 'BAD_REQUEST') ? words.you.codeRefused : words.you.failed);
    }
  };

  return (
    <section className={`card ${styles['section']}`} aria-label={words.you.second}>
      <h2>{words.you.second}</h2>
      <p>{known?.hasAuthenticator === true ? words.you.secondReady(known.email ?? '', known.recoveryCodesLeft) : words.you.secondText}</p>
      {step.name === 'confirming' ? (
        <form onSubmit={(event) => void confirm(event)}>
          <p>{words.you.secret}</p>
          <p className={styles['secret']}>{inFours(step.secret)}</p>
          <a className="btn" href={step.uri}>
            {words.you.openApp}
          </a>
          <label htmlFor="second-code">{words.you.code}</label>
          <input id="second-code" required inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(event) => setCode(event.target.value)} />
          <label htmlFor="second-email">{words.you.email}</label>
          <input id="second-email" required type="email" autoComplete="email" value={email} onChange={(event) => setEmail(event.target.value)} />
          <button type="submit" className="btn primary">
            {words.you.confirm}
          </button>
        </form>
      ) : null}
      {step.name === 'recovery' ? (
        <div>
          <h3>{words.you.recovery}</h3>
          <p>{words.you.recoveryText}</p>
          <ol className={styles['codes']}>
            {step.codes.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ol>
          <button type="button" className="btn primary" onClick={() => setStep({ name: 'idle' })}>
            {words.you.written}
          </button>
        </div>
      ) : null}
      <p role="alert">{trouble}</p>
      {step.name === 'idle' ? (
        <button type="button" className="btn" onClick={() => void begin()}>
          {known?.hasAuthenticator === true ? words.you.setUpAgain : words.you.setUp}
        </button>
      ) : null}
    </section>
  );
}
