/** What happened with a contact: calls with what came of them, their notes or empty slips, and who changed what. */
import { useQuery } from '@tanstack/react-query';
import { Pencil, PhoneIncoming, PhoneMissed, PhoneOutgoing } from 'lucide-react';
import type { CallLogEntry } from '#contract/call-log.ts';
import type { ContactChange, ContactId } from '#contract/contacts.ts';
import type { NoteView } from '#contract/notes.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { outcomeInOneLine } from '../call-log/outcome-words.ts';
import { NoteSlip } from '../notes/note-slip.tsx';
import { callsOfContactQuery } from '../call-log/log-queries.ts';
import { useWhoCalled } from '../call-log/who-called.ts';
import { useNow } from '../../ui/use-now.ts';
import { useMemberNames } from '../members/use-member-names.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { VoicemailOfCall } from '../voicemail/voicemail-of-call.tsx';
import styles from './contact-history.module.css';
import { changesQuery, notesOfCallsQuery } from './contact-queries.ts';
import { historyByDay } from './history-entries.ts';

export function ContactHistory({ contactId }: { readonly contactId: ContactId }) {
  const formats = useFormats();
  const calls = useQuery(callsOfContactQuery(contactId));
  const changes = useQuery(changesQuery(contactId));
    const notes = useQuery(notesOfCallsQuery((calls.data ?? []).map(({ id }) => id)));
  const retry = (): void => void Promise.all([calls, changes, notes].map((each) => each.refetch()));
  const thisYear = formats.dayKey(useNow(60_000)).slice(0, 4);
  const noteOf = new Map((notes.data ?? []).map((note) => [note.callId, note]));
  const days = historyByDay(calls.data ?? [], changes.data ?? [], formats.dayKey);
  return (
    <section className={styles['history']} aria-label={words.contacts.history}>
      <h3>{words.contacts.history}</h3>
      {calls.isError || changes.isError || notes.isError ? (
        <LoadFailed text={words.contacts.historyFailed} onRetry={retry} />
      ) : calls.isPending || changes.isPending ? (
        <Waiting text={words.contacts.historyLoading} />
      ) : days.length === 0 ? (
        <p>{words.contacts.noHistory}</p>
      ) : null}
      {days.map(({ key, entries }) => (
        <div key={key}>
          <h4>{key.startsWith(thisYear) ? formats.wholeDay(entries[0]!.at) : formats.date(entries[0]!.at)}</h4>
          <ol>
            {entries.map((entry) => (entry.kind === 'call' ? <CallEntry key={entry.call.id} call={entry.call} note={noteOf.get(entry.call.id)} /> : <ChangeEntry key={`${entry.at} ${entry.change.change}`} change={entry.change} />))}
          </ol>
        </div>
      ))}
    </section>
  );
}

function CallEntry({ call, note }: { readonly call: CallLogEntry; readonly note: NoteView | undefined }) {
  const formats = useFormats();
  const whoCalled = useWhoCalled();
  const Icon = call.direction === 'incoming' ? PhoneIncoming : call.endedAt !== null && call.answeredAt === null ? PhoneMissed : PhoneOutgoing;
  return (
    <li>
      <span className={`${styles['mark']} ${call.outcome?.outcome === 'reached' ? styles['good'] : ''}`}>
        <Icon />
      </span>
      <div>
        <p className={styles['head']}>
          <b>{outcomeInOneLine(call)}</b>
          <time dateTime={call.startedAt}>{formats.time(call.startedAt)}</time>
        </p>
        {call.nextStep === null ? null : <p>{`${call.nextStep.text} · ${call.nextStep.doneAt === null ? words.callLog.stepKept(formats.day(`${call.nextStep.dueOn}T12:00:00Z`)) : words.callLog.done}`}</p>}
        {call.endReason === 'caller-left-message' ? <VoicemailOfCall callId={call.id} /> : null}
        {note === undefined ? null : <NoteSlip note={note} onBehalfOf={call.onBehalfOf} />}
        <p className={styles['by']}>{[whoCalled(call), call.direction === 'incoming' ? words.voicemail.toLine(call.line.name) : words.contacts.showing(call.line.name)].filter((part) => part !== '').join(' · ')}</p>
      </div>
    </li>
  );
}

function ChangeEntry({ change }: { readonly change: ContactChange }) {
  const formats = useFormats();
  const nameOf = useMemberNames();
  const fields = change.fields.map((field) => words.contacts.fieldNames[field] ?? field).join(', ');
  return (
    <li>
      <span className={styles['mark']}>
        <Pencil />
      </span>
      <div>
        <p className={styles['head']}>
          <b>{[words.contacts.changes[change.change], fields].filter((part) => part !== '').join(': ')}</b>
          <time dateTime={change.at}>{formats.time(change.at)}</time>
        </p>
        <p className={styles['by']}>{nameOf(change.by)}</p>
      </div>
    </li>
  );
}
