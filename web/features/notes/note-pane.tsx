/** The note beside a call: typed, saved by itself, with the instant of its end in sight. Never moves when the call ends. */
import { Check, CloudOff, Eye, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { CallId } from '#contract/ids.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useDiscreet } from '../at-hand/discreet.ts';
import { useMemberNames } from '../members/use-member-names.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { CopyNote } from './copy-note.tsx';
import { isUnsaved, type NoteDraft } from './note-draft-machine.ts';
import { useNoteDraft } from './note-keeper.ts';
import styles from './note-pane.module.css';
import { Pips } from './pips.tsx';

const RETENTION_MS = 192 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

export function NotePane({ callId, callEndedAt }: { readonly callId: CallId; readonly callEndedAt: string | null }) {
  const { draft, keeper } = useNoteDraft(callId);
  const formats = useFormats();
  const { member } = useSession();
  const nameOf = useMemberNames();
  const isDiscreet = useDiscreet();
  const [isUncovered, setUncovered] = useState(false);
  const isCovered = isDiscreet && !isUncovered;
  // Covered again as soon as Discreet is turned on anew.
  const [wasDiscreet, setWasDiscreet] = useState(isDiscreet);
  if (wasDiscreet !== isDiscreet) {
    setWasDiscreet(isDiscreet);
    setUncovered(false);
  }
  const nowMs = useNow(20_000);
  const written = (instant: string | number): string => formats.dayAndTime(instant);

  if (draft.phase === 'destroyed')
    return (
      <section className={`${styles['note']} ${styles['slip']}`} aria-label={words.notes.label}>
        <h2>{words.notes.gone(written(draft.slip?.destroyedAt ?? nowMs))}</h2>
        <p>{words.notes.goneText}</p>
        {draft.slip === null || draft.slip.receiptId === null ? null : (
          <p className={styles['receipt']}>
            {words.notes.receipt} <code>{draft.slip.receiptId}</code>
          </p>
        )}
      </section>
    );
  if (draft.phase === 'hidden')
    return (
      <section className={`${styles['note']} ${styles['slip']}`} aria-label={words.notes.label}>
        <h2>{words.notes.hiddenTitle}</h2>
        <p>{words.notes.hiddenText}</p>
      </section>
    );

  const endMs = endOf(draft, callEndedAt, nowMs);
  // One's own words need no name.
  const writtenBy = draft.kept?.updatedBy ?? member.id;
  const author = writtenBy === member.id ? '' : nameOf(writtenBy);
  const isLastDay = callEndedAt !== null && endMs - nowMs <= DAY_MS;
  return (
    <section className={`${styles['note']} ${isLastDay ? styles['last'] : ''}`} aria-label={words.notes.label} data-note>
      <header>
        <h2>{words.notes.title}</h2>
        <SaveState draft={draft} written={formats.time} />
      </header>
      {draft.phase === 'failed' ? (
        <p className={styles['news']} role="alert">
          {words.notes.failed}{' '}
          <button type="button" className="btn compact" onClick={() => void keeper.refresh()}>
            {words.tryAgain}
          </button>
        </p>
      ) : null}
      {draft.news === 'none' ? null : (
        <output className={styles['news']}>{draft.news === 'merged' ? words.notes.merged : words.notes.mergedBoth}</output>
      )}
      {draft.isTooLong ? (
        <p className={styles['news']} role="alert">
          <TriangleAlert className="small" /> {words.notes.tooLong}
        </p>
      ) : null}
      {isCovered ? (
        <div className={styles['covered']}>
          <p>{words.discreet.noteHidden}</p>
          <button type="button" className="btn" onClick={() => setUncovered(true)}>
            <Eye />
            {words.discreet.showNote}
          </button>
        </div>
      ) : null}
      <textarea
        hidden={isCovered}
        aria-label={words.notes.label}
        placeholder={draft.phase === 'loading' ? words.notes.loading : words.notes.placeholder}
        disabled={draft.phase !== 'ready'}
        value={draft.text}
        maxLength={8_000}
        onChange={(event) => keeper.type(event.target.value)}
        onBlur={() => keeper.saveNow()}
      />
      <footer>
        <div className={styles['fate']}>
          <Pips leftMs={endMs - nowMs} isLastDay={isLastDay} />
          <p>
            {callEndedAt === null ? (
              <>
                {words.notes.duringCall} <b>{words.notes.ifEndedNow(written(endMs))}</b>
              </>
            ) : (
              <>
                <b>{words.notes.destroyedAt(written(endMs))}</b>, {formats.relative(Math.max(0, endMs - nowMs))}. {words.notes.editsDoNotExtend}
              </>
            )}
          </p>
        </div>
        <div className={styles['law']}>
          <p>
            {words.notes.notTheRecord}
            {author === '' ? '' : ` ${words.callLog.writtenBy(author)}.`}
          </p>
          {draft.text === '' ? null : <CopyNote text={draft.text} wasCopied={(draft.kept?.copiedAt ?? null) !== null && !isUnsaved(draft)} isAsked={isLastDay} onCopied={() => keeper.markCopied()} />}
        </div>
      </footer>
    </section>
  );
}

/** The server's word once it is final; before that, what it will be by this page's clock. */
function endOf(draft: NoteDraft, callEndedAt: string | null, nowMs: number): number {
  if (draft.kept?.isEndFinal === true) return Date.parse(draft.kept.destroyedAt);
  return (callEndedAt === null ? nowMs : Date.parse(callEndedAt)) + RETENTION_MS;
}

function SaveState({ draft, written }: { readonly draft: NoteDraft; readonly written: (instant: string) => string }) {
  if (draft.isOffline)
    return (
      <output className={styles['kept']}>
        <CloudOff className="small" /> {words.notes.keptHere}
      </output>
    );
  if (isUnsaved(draft)) return <span className={styles['state']}>{words.notes.saving}</span>;
  if (draft.kept === null || draft.text === '') return null;
  return (
    <span className={styles['state']}>
      <Check className="small" /> {words.notes.savedAt(written(draft.kept.updatedAt))}
    </span>
  );
}
