/** What is to be done after a call, and by which day: written, done, undone, dropped. */
import { useQuery } from '@tanstack/react-query';
import { CalendarCheck, Check } from 'lucide-react';
import { useId, useState, type SubmitEvent } from 'react';
import type { NextStep as Step } from '#contract/call-log.ts';
import type { CallId } from '#contract/ids.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useDiscreet } from '../at-hand/discreet.ts';
import { useMemberNames } from '../members/use-member-names.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { dayOf } from './day-of.ts';
import { callEntryQuery, writeToLog } from './log-queries.ts';
import styles from './next-step.module.css';
import { useUndo } from './use-undo.ts';

const LONGEST = 300;

export function NextStep({ callId }: { readonly callId: CallId }) {
  const { data: entry } = useQuery(callEntryQuery(callId));
  const [isEditing, setEditing] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const { undo, offer, withdraw } = useUndo();
  const step = entry?.nextStep ?? null;
  const isDiscreet = useDiscreet();

  const act = async (write: () => Promise<unknown>): Promise<boolean> => {
    setFailed(false);
    withdraw();
    try {
      await writeToLog(callId, write);
      return true;
    } catch {
      setFailed(true);
      return false;
    }
  };
  const keep = async (kept: { text: string; dueOn: string } | null): Promise<void> => {
    const before = step;
    if (!(await act(() => api.calls.setNextStep({ callId, step: kept })))) return;
    setEditing(false);
    if (kept === null && before !== null) offer(() => void act(() => api.calls.setNextStep({ callId, step: { text: before.text, dueOn: before.dueOn } })));
  };

  // It says what a patient is called about.
  if (isDiscreet) return null;
  return (
    <section className={styles['next']} aria-label={words.callLog.thenWhat}>
      <h2>{words.callLog.thenWhat}</h2>
      {step === null || isEditing ? (
        <StepForm key={step?.text ?? ''} step={step} onKeep={keep} onCancel={isEditing ? () => setEditing(false) : null} />
      ) : (
        <KeptStep step={step} onEdit={() => setEditing(true)} onDrop={() => void keep(null)} onDone={(isDone) => void act(() => api.calls.setNextStepDone({ callId, isDone }))} />
      )}
      <p className={styles['after']} aria-live="polite">
        {hasFailed ? <span role="alert">{words.callLog.notSaved}</span> : null}
        {undo === null ? null : (
          <>
            <span>{words.callLog.stepDropped}</span>
            <button type="button" className="btn compact" onClick={undo}>
              {words.callLog.undo}
            </button>
          </>
        )}
      </p>
    </section>
  );
}

function StepForm({ step, onKeep, onCancel }: { readonly step: Step | null; readonly onKeep: (step: { text: string; dueOn: string }) => Promise<void>; readonly onCancel: (() => void) | null }) {
  const { practice } = useSession();
  const nowMs = useNow(60_000);
  const [today, tomorrow, inAWeek] = [dayOf(nowMs, practice.timeZone, 0), dayOf(nowMs, practice.timeZone, 1), dayOf(nowMs, practice.timeZone, 7)];
  const [text, setText] = useState(step?.text ?? '');
  const [dueOn, setDueOn] = useState(step?.dueOn ?? tomorrow);
  const id = useId();
  const days = [
    [words.callLog.dueToday, today],
    [words.callLog.dueTomorrow, tomorrow],
    [words.callLog.dueInAWeek, inAWeek],
  ] as const;
  const isEmpty = text.trim() === '' && step === null;
  const keep = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() !== '' && dueOn !== '') void onKeep({ text: text.trim(), dueOn });
  };
  return (
    <form className={styles['form']} onSubmit={keep}>
      <label htmlFor={`${id}-text`} className="sr">
        {words.callLog.stepLabel}
      </label>
      <div className={styles['what']}>
        <input id={`${id}-text`} value={text} maxLength={LONGEST} autoComplete="off" placeholder={words.callLog.stepPlaceholder} onChange={(event) => setText(event.target.value)} />
        {isEmpty ? null : (
            <button type="submit" className="btn">
              <CalendarCheck />
              {words.callLog.saveStep}
            </button>
        )}
      </div>
      {isEmpty ? null : (
        <div className={styles['when']}>
          <fieldset>
            <legend className="sr">{words.callLog.due}</legend>
            {days.map(([label, day]) => (
              <label key={label}>
                <input type="radio" name={`${id}-due`} checked={dueOn === day} onChange={() => setDueOn(day)} />
                <span>{label}</span>
              </label>
            ))}
          </fieldset>
          <label className={styles['day']}>
            <span>{words.callLog.dueOn}</span>
            <input type="date" value={dueOn} min={step === null ? today : undefined} required onChange={(event) => setDueOn(event.target.value)} />
          </label>
          {onCancel === null ? null : (
            <button type="button" className="btn quiet" onClick={onCancel}>
              {words.cancel}
            </button>
          )}
        </div>
      )}
    </form>
  );
}

function KeptStep({ step, onEdit, onDrop, onDone }: { readonly step: Step; readonly onEdit: () => void; readonly onDrop: () => void; readonly onDone: (isDone: boolean) => void }) {
  const { member } = useSession();
  const nameOf = useMemberNames();
  const formats = useFormats();
  // Noon in Greenwich is the same day in almost every zone; the day itself was kept without one.
  const day = formats.day(`${step.dueOn}T12:00:00Z`);
  return (
    <div className={styles['kept']}>
      <div>
        <b className={step.doneAt === null ? undefined : styles['isDone']}>{step.text}</b>
        <small>{[words.callLog.stepKept(day), step.by === member.id ? '' : words.callLog.stepBy(nameOf(step.by)), step.doneBy === null ? '' : words.callLog.doneBy(nameOf(step.doneBy))].filter((part) => part !== '').join('. ')}</small>
      </div>
      <div className={styles['acts']}>
        <button type="button" className="btn compact" aria-pressed={step.doneAt !== null} onClick={() => onDone(step.doneAt === null)}>
          <Check className="small" />
          {step.doneAt === null ? words.callLog.markDone : words.callLog.notDone}
        </button>
        <button type="button" className="btn quiet compact" onClick={onEdit}>
          {words.callLog.editStep}
        </button>
        <button type="button" className="btn quiet compact" onClick={onDrop}>
          {words.callLog.dropStep}
        </button>
      </div>
    </div>
  );
}
