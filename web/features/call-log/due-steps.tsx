/** What is due, above everything else on Calls: late first, then today's; later ones on request. Nothing where nothing is open. */
import { useQuery } from '@tanstack/react-query';
import { Check, Phone } from 'lucide-react';
import { useState } from 'react';
import type { CallLogEntry } from '#contract/call-log.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useDial } from '../calls/use-dial.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { dayOf } from './day-of.ts';
import styles from './due-steps.module.css';
import { openStepsQuery, writeToLog } from './log-queries.ts';
import { useUndo } from './use-undo.ts';
import { useWhoCalled } from './who-called.ts';

export function DueSteps() {
  const { practice } = useSession();
  const { data: open = [], isError, refetch } = useQuery(openStepsQuery);
  const nowMs = useNow(60_000);
  const [today, yesterday] = [dayOf(nowMs, practice.timeZone, 0), dayOf(nowMs, practice.timeZone, -1)];
  const [isLaterShown, setLaterShown] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const { undo, offer } = useUndo();
  const due = open.filter(({ nextStep }) => nextStep !== null && nextStep.dueOn <= today);
  const later = open.length - due.length;

  const setDone = async ({ id: callId }: CallLogEntry, isDone: boolean): Promise<void> => {
    try {
      await writeToLog(callId, () => api.calls.setNextStepDone({ callId, isDone }));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };

  if (isError && open.length === 0)
    return (
      <p className={styles['quiet']} role="alert">
        {words.callLog.stepsFailed}{' '}
        <button type="button" className="btn compact" onClick={() => void refetch()}>
          {words.tryAgain}
        </button>
      </p>
    );
  if (open.length === 0 && undo === null) return null;
  return (
    <section className={styles['due']} aria-label={words.callLog.dueTitle}>
      <h2>
        {words.callLog.dueTitle}
        {later === 0 ? null : (
          <button type="button" aria-expanded={isLaterShown} onClick={() => setLaterShown(!isLaterShown)}>
            {isLaterShown ? words.callLog.hideLater : words.callLog.later(later)}
          </button>
        )}
      </h2>
      <ul>
        {(isLaterShown ? open : due).map((call) => (
          <StepCard
            key={call.id}
            call={call}
            today={today}
            yesterday={yesterday}
            onDone={() => {
              void setDone(call, true);
              offer(() => void setDone(call, false));
            }}
          />
        ))}
      </ul>
      <p className={styles['after']} aria-live="polite">
        {hasFailed ? <span role="alert">{words.callLog.notSaved}</span> : null}
        {undo === null ? null : (
          <>
            {words.callLog.done}
            <button type="button" className="btn compact" onClick={undo}>
              {words.callLog.undo}
            </button>
          </>
        )}
      </p>
    </section>
  );
}

function StepCard({ call, today, yesterday, onDone }: { readonly call: CallLogEntry; readonly today: string; readonly yesterday: string; readonly onDone: () => void }) {
  const formats = useFormats();
  const shown = useShown();
  const whoCalled = useWhoCalled();
  const dial = useDial();
  const { nextStep, number } = call;
  if (nextStep === null) return null;
  const who = shown.who(call);
  const when = nextStep.dueOn === today ? words.callLog.dueIsToday : nextStep.dueOn === yesterday ? words.callLog.dueIsYesterday : words.callLog.dueLate(formats.day(`${nextStep.dueOn}T12:00:00Z`));
  return (
    <li className="card">
      <span className={`${styles['chip']} ${nextStep.dueOn < today ? styles['late'] : nextStep.dueOn === today ? styles['today'] : ''}`}>{when}</span>
      <h3>{who}</h3>
      {shown.isDiscreet ? null : <p>{nextStep.text}</p>}
      <p className={styles['by']}>{whoCalled(call)}</p>
      <span className={styles['acts']}>
        {number === null ? null : (
          <button type="button" className="btn compact" onClick={() => dial({ to: number, partyName: call.partyName })} aria-label={words.home.call(who)}>
            <Phone className="small" />
            {words.dial.call}
          </button>
        )}
        <button type="button" className="btn quiet compact" onClick={onDone}>
          <Check className="small" />
          {words.callLog.markDone}
        </button>
      </span>
    </li>
  );
}
