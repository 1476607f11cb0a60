/** The second way in: an e-mailed link with an authenticator's code. Set up in three steps, in place; recovery codes are shown once, and made anew at will. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { QrCode } from '../../ui/qr-code.tsx';
import styles from './me-section.module.css';
import { RecoveryCodes } from './recovery-codes.tsx';
import { waysQuery } from './ways-query.ts';
import { credentialsQuery } from './your-queries.ts';

type Step = { readonly name: 'idle' } | { readonly name: 'confirming'; readonly secret: string; readonly uri: string } | { readonly name: 'recovery'; readonly codes: readonly string[] };

/** Four by four: a key is typed by hand. */
const inFours = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, '$1 ');

export function SecondWay() {
  const credentials = useQuery(credentialsQuery);
  const ways = useQuery(waysQuery);
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>({ name: 'idle' });
  const [trouble, setTrouble] = useState<string | null>(null);
  const known = credentials.data;

  const attempt = async (act: () => Promise<Step>): Promise<void> => {
    try {
      setStep(await act());
      setTrouble(null);
      await queries.invalidateQueries({ queryKey: credentialsQuery.queryKey });
    } catch (error) {
      setTrouble(isRefusal(error, 'EMAIL_TAKEN') ? words.you.emailTaken : isRefusal(error, 'CODE_REFUSED') || isRefusal(error, 'BAD_REQUEST') ? words.you.codeRefused : words.you.failed);
    }
  };
  const begin = (): Promise<void> => attempt(async () => ({ name: 'confirming', ...(await api.secondWay.startAuthenticator()) }));
  const confirm = (code: string, email: string): Promise<void> => attempt(async () => ({ name: 'recovery', codes: (await api.secondWay.confirmAuthenticator({ code, email })).recoveryCodes }));
  const renew = (): Promise<void> => attempt(async () => ({ name: 'recovery', codes: (await api.secondWay.makeRecoveryCodes()).recoveryCodes }));

  const isReady = known?.hasAuthenticator === true;
  return (
    <section className={`card ${styles['section']}`} aria-label={words.you.second}>
      <h2>{words.you.second}</h2>
      <p>{isReady ? words.you.secondReady(known.email ?? '', known.recoveryCodesLeft) : words.you.secondText}</p>
      {ways.data?.email === false ? <p>{words.you.secondNoMail}</p> : null}
      {step.name === 'confirming' ? <Confirming secret={step.secret} uri={step.uri} email={known?.email ?? ''} onConfirm={confirm} /> : null}
      {step.name === 'recovery' ? <RecoveryCodes codes={step.codes} onDone={() => setStep({ name: 'idle' })} /> : null}
      <p role="alert">{trouble}</p>
      {step.name === 'idle' ? (
        <div className={styles['buttons']}>
          <button type="button" className="btn" onClick={() => void begin()}>
            {isReady ? words.you.setUpAgain : words.you.setUp}
          </button>
          {isReady ? (
            <button type="button" className="btn" onClick={() => void renew()}>
              {words.you.renewCodes}
            </button>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}

interface ConfirmingProps {
  readonly secret: string;
  readonly uri: string;
  /** The one that is known already. */
  readonly email: string;
  readonly onConfirm: (code: string, email: string) => Promise<void>;
}

function Confirming({ secret, uri, email: known, onConfirm }: ConfirmingProps) {
  const [code, setCode] = useState('');
  const [email, setEmail] = useState(known);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void onConfirm(code.replaceAll(' ', ''), email);
  };
  return (
    <form onSubmit={submit}>
      <p>{words.you.secret}</p>
      <QrCode text={uri} label={words.you.qrCode} />
      <p className={styles['secret']}>{inFours(secret)}</p>
      <a className="btn" href={uri}>
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
  );
}
