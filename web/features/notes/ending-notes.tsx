/** Notes on their last day that nobody has copied to the chart, above what is due on Calls: nothing is destroyed unasked because nobody opened it. */
import { useQuery } from '@tanstack/react-query';
import type { NoteView } from '#contract/notes.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { LoadFailed } from '../../ui/load-states.tsx';
import { useShown } from '../at-hand/use-shown.ts';
import { callEntryQuery } from '../call-log/log-queries.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './ending-notes.module.css';
import { NoteSlip } from './note-slip.tsx';

const LOOK_EVERY_MS = 5 * 60_000;

export function EndingNotes() {
  const { data: notes = [], isError, refetch } = useQuery({ queryKey: ['notes', 'ending'], queryFn: () => api.notes.listEnding(), refetchInterval: LOOK_EVERY_MS });
  if (isError && notes.length === 0) return <LoadFailed text={words.notes.endingFailed} onRetry={refetch} />;
  if (notes.length === 0) return null;
  return (
    <section className={styles['ending']} aria-label={words.notes.endingTitle}>
      <h2>{words.notes.endingTitle}</h2>
      <ul>
        {notes.map((note) => (
          <EndingNote key={note.callId} note={note} />
        ))}
      </ul>
    </section>
  );
}

function EndingNote({ note }: { readonly note: NoteView }) {
  const shown = useShown();
  const formats = useFormats();
  const { data: call } = useQuery(callEntryQuery(note.callId));
  if (call === undefined) return null;
  return (
    <li>
      <h3>
        {shown.who(call)} <small>{formats.dayAndTime(call.startedAt)}</small>
      </h3>
      {shown.isDiscreet ? <p>{words.discreet.noteHidden}</p> : <NoteSlip note={note} onBehalfOf={call.onBehalfOf} isAsked />}
    </li>
  );
}
