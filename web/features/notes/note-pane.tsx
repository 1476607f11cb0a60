/** The note beside a call: typed, saved by itself, with the instant of its end in sight. Never moves when the call ends. */
import { Check, ClipboardPlus, CloudOff, Download, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { CallId } from '#contract/ids.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useSession } from '../sign-in/use-session.ts';
import { isUnsaved, type NoteDraft } from './note-draft-machine.ts';
import { useNoteDraft, type NoteKeeper } from './note-keeper.ts';
import styles from './note-pane.module.css';

const RETENTION_MS = 192 * 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function NotePane({ callId, callEndedAt }: { readonly callId: CallId; readonly callEndedAt: string | null }) {
  const { draft, keeper } = useNoteDraft(callId);
  const { practice } = useSession();
  const nowMs = useNow(20_000);
  const written = (instant: string | number): string => writtenInstant(instant, practice.timeZone);

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
  const isLastDay = callEndedAt !== null && endMs - nowMs <= DAY_MS;
  return (
    <section className={`${styles['note']} ${isLastDay ? styles['last'] : ''}`} aria-label={words.notes.label} data-note>
      <header>
        <h2>{words.notes.title}</h2>
        <SaveState draft={draft} written={(instant) => new Date(instant).toLocaleTimeString('en-GB', { timeZone: practice.timeZone, hour: '2-digit', minute: '2-digit' })} />
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
      <textarea
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
          <Pips leftMs={endMs - nowMs} />
          <p>
            {callEndedAt === null ? (
              <>
                {words.notes.duringCall} <b>{words.notes.ifEndedNow(written(endMs))}</b>
              </>
            ) : (
              <>
                <b>{words.notes.destroyedAt(written(endMs))}</b>, {timeLeft(endMs - nowMs)}. {words.notes.editsDoNotExtend}
              </>
            )}
          </p>
        </div>
        <div className={styles['law']}>
          <p>{words.notes.notTheRecord}</p>
          <CopyButtons draft={draft} keeper={keeper} isAsked={isLastDay} />
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

function CopyButtons({ draft, keeper, isAsked }: { readonly draft: NoteDraft; readonly keeper: NoteKeeper; readonly isAsked: boolean }) {
  const [hasCopied, setCopied] = useState(false);
  if (draft.text === '') return null;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(draft.text);
    } catch {
      return save();
    }
    setCopied(true);
    await keeper.markCopied();
  };
  const save = (): void => {
    const address = URL.createObjectURL(new Blob([draft.text], { type: 'text/plain;charset=utf-8' }));
    const link = Object.assign(document.createElement('a'), { href: address, download: words.notes.fileName });
    link.click();
    URL.revokeObjectURL(address);
    void keeper.markCopied();
  };
  const isCopied = hasCopied || (draft.kept?.copiedAt ?? null) !== null;
  return (
    <span className={styles['copy']}>
      <button type="button" className="btn" aria-label={words.notes.download} title={words.notes.download} onClick={save}>
        <Download />
      </button>
      <button type="button" className="btn" onClick={() => void copy()}>
        {isCopied ? <Check /> : <ClipboardPlus />}
        {isCopied ? words.notes.copied : isAsked ? words.notes.askToCopy : words.notes.copy}
      </button>
    </span>
  );
}

/** One pip a day; they fade from the right. */
function Pips({ leftMs }: { readonly leftMs: number }) {
  const left = Math.max(0, Math.min(8, Math.ceil(leftMs / DAY_MS)));
  return (
    <span className={styles['pips']} aria-hidden="true">
      {Array.from({ length: 8 }, (_, index) => (
        <i key={index} className={index < left ? styles['left'] : undefined} />
      ))}
    </span>
  );
}

function timeLeft(leftMs: number): string {
  if (leftMs >= DAY_MS) return words.notes.inDays(Math.round(leftMs / DAY_MS));
  return leftMs >= HOUR_MS ? words.notes.inHours(Math.floor(leftMs / HOUR_MS)) : words.notes.inMinutes(Math.max(1, Math.floor(leftMs / 60_000)));
}

function writtenInstant(instant: string | number, timeZone: string): string {
  const date = new Date(instant);
  const day = date.toLocaleDateString(words.language, { timeZone, weekday: 'short', month: 'short', day: 'numeric' }).replace(',', '');
  return `${day}, ${date.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' })}`;
}
