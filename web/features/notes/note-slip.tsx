/** A call's note where it is read and not written: its words with the instant of their end, or the empty slip that stays. */
import type { MemberId } from '#contract/ids.ts';
import type { NoteView } from '#contract/notes.ts';
import { api } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useMemberNames } from '../members/use-member-names.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { CopyNote } from './copy-note.tsx';
import styles from './note-slip.module.css';
import { Pips } from './pips.tsx';

interface NoteSlipProps {
  readonly note: NoteView;
  readonly onBehalfOf: MemberId | null;
  /** Whether it asks to be copied. */
  readonly isAsked?: boolean;
}

export function NoteSlip({ note, onBehalfOf, isAsked = false }: NoteSlipProps) {
  const formats = useFormats();
  const nameOf = useMemberNames();
  const nowMs = useNow(20_000);
  if (note.state === 'none') return null;
  if (note.state === 'hidden') return <p className={styles['gone']}>{words.notes.hiddenTitle}</p>;
  // The page's own clock ends it too: the server's answer may be minutes old.
  const leftMs = note.state === 'kept' ? Date.parse(note.destroyedAt) - nowMs : 0;
  if (note.state === 'destroyed' || leftMs <= 0)
    return (
      <p className={styles['gone']}>
        <Pips leftMs={0} />
        <span>
          {words.notes.gone(formats.dayAndTime(note.destroyedAt))}
          {note.state === 'destroyed' && note.receiptId !== null ? ` ${words.notes.receipt} ${note.receiptId.slice(-8)}` : ''}
        </span>
      </p>
    );
  const markCopied = async (): Promise<void> => {
    try {
      const view = await api.notes.markCopied({ callId: note.callId, revision: note.revision });
      // Another device has written on meanwhile: what stands there now is shown, and asks.
      if (view.state !== 'kept' || view.revision !== note.revision) await queryClient.invalidateQueries({ queryKey: ['notes'] });
    } catch {
      // It is asked again, which does no harm.
    }
  };
  const author = nameOf(note.updatedBy);
  return (
    <div className={styles['slip']}>
      <p className={styles['text']}>{note.text}</p>
      <p className={styles['fate']}>
        <Pips leftMs={leftMs} />
        <span>
          <b>{words.notes.destroyedAt(formats.dayAndTime(note.destroyedAt))}</b>, {formats.relative(leftMs)}
        </span>
        <CopyNote text={note.text} wasCopied={note.copiedAt !== null} isAsked={isAsked} onCopied={() => void markCopied()} />
      </p>
      {author === '' ? null : <p className={styles['by']}>{onBehalfOf === null || onBehalfOf === note.updatedBy ? words.callLog.writtenBy(author) : words.callLog.writtenByFor(author, nameOf(onBehalfOf))}</p>}
    </div>
  );
}
