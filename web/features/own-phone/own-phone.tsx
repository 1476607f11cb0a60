/** One's own phone under Me: kept, proven by the code that a voice reads on it, removed. Rings nothing for a call. */
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import type { OwnPhoneView } from '#contract/own-phone.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { CodeBoxes } from '../lines/code-boxes.tsx';
import { isCalling } from '../lines/line-queries.ts';
import styles from '../sign-in/me-section.module.css';
import { useFormats } from '../sign-in/use-formats.ts';
import { ownPhoneQuery } from './own-phone-queries.ts';

const refusals = ['CODE_WRONG', 'CODE_EXPIRED', 'TOO_MANY_TRIES', 'NO_CODE', 'TOO_MANY_CODE_CALLS', 'CODE_CALL_RUNNING', 'NO_LINE_TO_CALL_FROM', 'CALL_NOT_POSSIBLE'] as const;
type Trouble = (typeof refusals)[number] | 'NUMBER_NOT_ALLOWED' | 'failed';

/** Calls on which nobody can have heard a digit. */
const unheard: readonly OwnPhoneView['codeCall'][] = ['none', 'busy', 'no-answer', 'rejected', 'not-in-service', 'not-reached'];

export function OwnPhone() {
  const phone = useQuery(ownPhoneQuery);
  const text = words.ownPhone;
  return (
    <section className={`card ${styles['section']}`} aria-label={text.title}>
      <h2>{text.title}</h2>
      <p>{text.text}</p>
      {phone.isPending ? <p role="status">{words.loading(text.loading)}</p> : null}
      {phone.isError ? <p role="alert">{words.you.failed}</p> : null}
      {phone.data === undefined ? null : <Kept phone={phone.data} />}
    </section>
  );
}

function Kept({ phone }: { readonly phone: OwnPhoneView }) {
  const { formatOpenly } = usePhoneNumbers();
  const { date } = useFormats();
  const [isChanging, setChanging] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [wasRemoved, setRemoved] = useState(false);
  /** Each wrong code empties the boxes. */
  const [attempt, setAttempt] = useState(0);
  const text = words.ownPhone;

  const act = async (run: () => Promise<OwnPhoneView>): Promise<boolean> => {
    setBusy(true);
    setTrouble(null);
    setRemoved(false);
    try {
      queryClient.setQueryData(ownPhoneQuery.queryKey, await run());
      return true;
    } catch (error) {
      setTrouble([...refusals, 'NUMBER_NOT_ALLOWED' as const].find((each) => isRefusal(error, each)) ?? 'failed');
      await queryClient.invalidateQueries({ queryKey: ownPhoneQuery.queryKey });
      return false;
    } finally {
      setBusy(false);
    }
  };
  const remove = async (): Promise<void> => setRemoved(await act(() => api.ownPhone.remove()));
  const enter = async (code: string): Promise<void> => {
    if (!(await act(() => api.ownPhone.enterCode({ code })))) setAttempt(attempt + 1);
  };
  const alert = (
    <p role="alert">{trouble === null ? '' : trouble === 'failed' ? words.you.failed : trouble === 'NUMBER_NOT_ALLOWED' ? text.notAllowed : words.lines.refusals[trouble](phone.code?.triesLeft ?? 0)}</p>
  );

  const { number, state } = phone;
  if (number === null || isChanging)
    return (
      <>
        <NumberForm isBusy={isBusy} onKeep={(typed) => void act(() => api.ownPhone.set({ number: typed })).then((isKept) => setChanging(!isKept && number !== null))} />
        {alert}
        {wasRemoved ? <p role="status">{text.removed}</p> : null}
      </>
    );
  const written = formatOpenly(number);
  const isToBeProven = state === 'unproven' || state === 'expired';
  const canEnter = phone.code !== null && phone.code.triesLeft > 0 && !unheard.includes(phone.codeCall);
  return (
    <>
      <p>{state === 'lent' ? text.lent(written) : state === 'proven' ? text.proven(written, date(phone.expiresAt ?? '')) : state === 'expired' ? text.expired(written) : text.unproven(written)}</p>
      {isToBeProven ? <p role="status">{text.codeCall[phone.codeCall]()}</p> : null}
      {isToBeProven && canEnter ? <CodeBoxes key={attempt} isDisabled={isBusy} onWhole={(digits) => void enter(digits)} /> : null}
      {alert}
      {isToBeProven ? <p>{words.lines.callsLeft(phone.codeCallsLeft)}</p> : null}
      <div className={styles['buttons']}>
        {isToBeProven && isCalling(phone) ? (
          <button type="button" className="btn" disabled={isBusy} onClick={() => void act(() => api.ownPhone.stopCodeCall())}>
            {words.lines.stop}
          </button>
        ) : null}
        {isToBeProven && !isCalling(phone) ? (
          <button type="button" className="btn primary" disabled={isBusy || phone.codeCallsLeft === 0} onClick={() => void act(() => api.ownPhone.callWithCode())}>
            {text.callMe}
          </button>
        ) : null}
        <button type="button" className="btn" disabled={isBusy} onClick={() => setChanging(true)}>
          {text.change}
        </button>
        {state === 'lent' ? null : (
          <button type="button" className="btn" disabled={isBusy} onClick={() => void remove()}>
            {text.remove}
          </button>
        )}
      </div>
    </>
  );
}

function NumberForm({ isBusy, onKeep }: { readonly isBusy: boolean; readonly onKeep: (typed: string) => void }) {
  const [typed, setTyped] = useState('');
  const keep = (event: SubmitEvent): void => {
    event.preventDefault();
    onKeep(typed);
  };
  return (
    <form onSubmit={keep}>
      <label htmlFor="own-phone">{words.ownPhone.number}</label>
      <div className={styles['beside']}>
        <input id="own-phone" type="tel" required maxLength={128} autoComplete="tel" value={typed} onChange={(event) => setTyped(event.target.value)} />
        <button type="submit" className="btn" disabled={isBusy || typed.trim() === ''}>
          {words.ownPhone.keep}
        </button>
      </div>
    </form>
  );
}
