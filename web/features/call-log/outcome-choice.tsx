/** What came of a call: suggested, confirmed with one tap, changed with another, taken back for ten seconds. */
import { useQuery } from '@tanstack/react-query';
import { Check, CircleHelp, Inbox, PhoneOff, ShieldQuestionMark, Unplug, UserX, PhoneMissed, Voicemail, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { type CallOutcome, callOutcomes } from '#contract/call-outcome.ts';
import type { CallView } from '#contract/calls.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { spokenDuration, talkedSeconds } from '../calls/call-words-policy.ts';
import { useMemberNames } from '../members/use-member-names.ts';
import { useSession } from '../sign-in/use-session.ts';
import { callEntryQuery, writeToLog } from './log-queries.ts';
import styles from './outcome-choice.module.css';
import { useUndo } from './use-undo.ts';

const icons = {
  reached: Check,
  'no-answer': PhoneMissed,
  'voicemail-left': Voicemail,
  'mailbox-full': Inbox,
  busy: PhoneOff,
  'wrong-number': UserX,
  'call-screened': ShieldQuestionMark,
  failed: Unplug,
} as const satisfies Record<CallOutcome, LucideIcon>;

export function OutcomeChoice({ call }: { readonly call: Pick<CallView, 'id' | 'answeredAt' | 'endedAt'> }) {
  const { member } = useSession();
  const nameOf = useMemberNames();
  const { data: entry, isError, refetch } = useQuery(callEntryQuery(call.id));
  const { undo, offer, withdraw } = useUndo();
  const [hasFailed, setFailed] = useState(false);
  // Between the tap and the answer the tapped one is shown.
  const [asked, setAsked] = useState<CallOutcome | null | undefined>(undefined);

  const said = entry?.outcome ?? null;

  const set = async (outcome: CallOutcome | null): Promise<void> => {
    const previous = said?.outcome ?? null;
    setAsked(outcome);
    setFailed(false);
    withdraw();
    try {
      await writeToLog(call.id, () => api.calls.setOutcome({ callId: call.id, outcome }));
      if (outcome !== null) offer(() => void set(previous));
    } catch {
      setFailed(true);
    }
    setAsked(undefined);
  };

  const chosen = asked === undefined ? (said?.outcome ?? null) : asked;
  const suggestion = entry?.suggestion ?? null;
  const first = chosen ?? suggestion?.outcome ?? null;
  const talked = spokenDuration(talkedSeconds(call) ?? 0);
  const isKnown = entry !== undefined && entry.endedAt !== null;
  const reason = chosen !== null ? (said === null || said.by === member.id ? words.callLog.saidByYou : words.callLog.saidBy(nameOf(said.by))) : suggestion === null ? '' : words.callLog.suggested(words.callLog.because[suggestion.because]({ talked }));

  return (
    <section className={styles['outcome']} aria-label={words.callLog.howDidItGo}>
      <h2>{words.callLog.howDidItGo}</h2>
      <div className={styles['first']}>
        {first === null ? (
          <p className={styles['quiet']}>
            {isError ? (
              <button type="button" className="btn compact" onClick={() => void refetch()}>
                {words.tryAgain}
              </button>
            ) : isKnown ? (
              words.callLog.suggestedByNothing
            ) : (
              words.callLog.pending
            )}
          </p>
        ) : (
          <button type="button" className={styles['guess']} aria-pressed={chosen !== null} disabled={!isKnown} onClick={() => (chosen === null ? void set(first) : undefined)}>
            <span className={`${styles['tick']} ${chosen === null ? styles['asked'] : ''}`}>{chosen === null ? <CircleHelp /> : <Check />}</span>
            <span>
              {chosen === null ? <span className="sr">{words.callLog.confirm} </span> : null}
              <b>{words.callLog.outcomes[first]}</b>{' '}
              <small>{reason}</small>
            </span>
          </button>
        )}
        {undo === null ? null : (
          <button type="button" className={`btn compact ${styles['undo']}`} onClick={undo}>
            {words.callLog.undo}
          </button>
        )}
      </div>
      <div className={styles['others']} role="group" aria-label={words.callLog.otherwise}>
        {callOutcomes
          .filter((outcome) => outcome !== first)
          .map((outcome) => {
            const Icon = icons[outcome];
            return (
              <button key={outcome} type="button" disabled={!isKnown} onClick={() => void set(outcome)}>
                <Icon />
                {words.callLog.outcomes[outcome]}
              </button>
            );
          })}
      </div>
      {hasFailed ? (
        <p className={styles['trouble']} role="alert">
          {words.callLog.notSaved}
        </p>
      ) : null}
    </section>
  );
}
