/** Imports a file: sends it, asks what each column is, shows how far it is, and what became of it. Whoever leaves finds it again. */
import { Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { importFieldSchema, type ImportField, type ImportView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './contact-import.module.css';
import { contactsChanged } from './contact-queries.ts';
import { EarlierImports } from './earlier-imports.tsx';
import { ImportReport } from './import-report.tsx';
import { LARGEST_FILE_BYTES, sendImport } from './send-import.ts';

const LOOK_EVERY_MS = 400;

export function ContactImport({ onClose }: { readonly onClose: () => void }) {
  const text = words.contacts.importer;
  const { number } = useFormats();
  const [view, setView] = useState<ImportView | null>(null);
  const [sentShare, setSentShare] = useState<number | null>(null);
  const [isWaiting, setWaiting] = useState(false);
  const [mapping, setMapping] = useState<ReadonlyArray<ImportField | null>>([]);
  const [news, setNews] = useState<{ readonly text: string; readonly isTrouble: boolean } | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const state = view?.state;
  const importId = view?.id;
  const isUnderWay = state === 'running' || state === 'undoing';
  const isForNext = view === null || state === 'unreadable' || state === 'undone';
  useEffect(() => heading.current?.focus(), [state]);

  useEffect(() => {
    if (!isUnderWay || importId === undefined) return;
    const look = async (): Promise<void> => {
      try {
        setView(await api.contacts.imports.read({ importId }));
        setWaiting(false);
      } catch {
        setWaiting(true);
      }
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      setWaiting(false);
    };
  }, [isUnderWay, importId]);
  useEffect(() => {
    if (state === 'done' || state === 'undone') void contactsChanged();
  }, [state]);

  const show = (shown: ImportView): void => {
    setNews(null);
    setMapping(shown.columns.map(({ suggested }) => suggested));
    setView(shown);
  };
  const send = async (file: File): Promise<void> => {
    setNews(null);
    if (file.size > LARGEST_FILE_BYTES) return setNews({ text: text.tooLarge, isTrouble: true });
    setSentShare(0);
    try {
      show(await sendImport(file, { onShare: setSentShare, onWaiting: setWaiting }));
    } catch {
      setNews({ text: text.broke, isTrouble: true });
    }
    setSentShare(null);
    setWaiting(false);
  };
  const start = async (): Promise<void> => {
    if (importId === undefined) return;
    setNews(null);
    try {
      setView(await api.contacts.imports.start({ importId, mapping: [...mapping] }));
    } catch {
      setNews({ text: text.notStarted, isTrouble: true });
    }
  };
  const undo = async (): Promise<void> => {
    if (importId === undefined) return;
    setNews(null);
    try {
      setView(await api.contacts.imports.undo({ importId }));
    } catch {
      setNews({ text: text.notUndone, isTrouble: true });
    }
  };

  return (
    <div className={styles['import']}>
      <h2 ref={heading} tabIndex={-1}>
        {state === 'mapping' && view?.kind === 'csv' ? text.mappingTitle : text.title}
      </h2>
      {news === null ? null : news.isTrouble ? (
        <p className={styles['trouble']} role="alert">
          {news.text}
        </p>
      ) : (
        <output className={styles['news']}>{news.text}</output>
      )}
      {view !== null && state === 'undone' && view.rowsDone > 0 && sentShare === null ? (
        <output className={styles['news']}>
          {text.undone(view.takenOut, number(view.takenOut))} {view.kept === 0 ? '' : text.undoneBut(view.kept, number(view.kept))}
        </output>
      ) : null}
      {isWaiting ? (
        <p className={styles['trouble']} role="status">
          {isUnderWay ? text.unseen : text.waiting}
        </p>
      ) : null}
      {isForNext ? (
        <>
          <p>{state === 'unreadable' ? text.unreadable : text.text}</p>
          <label className={`btn primary ${styles['file']}`}>
            <Upload />
            {sentShare === null ? text.choose : text.uploading(sentShare)}
            <input
              type="file"
              className="sr"
              accept=".csv,.txt,.tsv,.vcf,.vcard,text/csv,text/vcard"
              disabled={sentShare !== null}
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                if (file !== undefined) void send(file);
                // The same file, mended, may be chosen again.
                event.target.value = '';
              }}
            />
          </label>
        </>
      ) : null}
      {view !== null && state === 'mapping' ? (
        <>
          <p>{text.mappingText(view.rowsTotal ?? 0, number(view.rowsTotal ?? 0))}</p>
          {view.columns.map(({ header, samples }, index) => (
            <label key={header} className={styles['column']}>
              <span>
                <b>{header}</b>
                <small>{samples.join(', ')}</small>
              </span>
              <select value={mapping[index] ?? ''} onChange={(event) => setMapping(mapping.map((field, at) => (at === index ? (importFieldSchema.safeParse(event.target.value).data ?? null) : field)))}>
                <option value="">{text.leaveOut}</option>
                {importFieldSchema.options.map((field) => (
                  <option key={field} value={field}>
                    {text.fields[field]}
                  </option>
                ))}
              </select>
            </label>
          ))}
          <button type="button" className="btn primary" disabled={view.kind === 'csv' && mapping.every((field) => field === null)} onClick={() => void start()}>
            {text.start(view.rowsTotal ?? 0, number(view.rowsTotal ?? 0))}
          </button>
          <button type="button" className="btn" onClick={() => void undo()}>
            {text.leaveFile}
          </button>
        </>
      ) : null}
      {view !== null && state === 'running' ? (
        <>
          <progress className={styles['progress']} max={view.rowsTotal ?? 1} value={view.rowsDone} aria-label={text.title} />
          <p aria-live="polite">{text.running(number(view.rowsDone), view.rowsTotal === null ? null : number(view.rowsTotal))}</p>
          <p>{text.mayLeave}</p>
        </>
      ) : null}
      {view !== null && state === 'undoing' ? (
        <>
          <progress className={styles['progress']} max={view.added} value={view.takenOut} aria-label={text.undo} />
          <p aria-live="polite">{text.undoing(number(view.takenOut), number(view.added))}</p>
          <p>{text.mayLeave}</p>
        </>
      ) : null}
      {view !== null && state === 'done' ? <ImportReport view={view} onUndo={() => void undo()} /> : null}
      {isForNext && sentShare === null ? <EarlierImports onLook={show} /> : null}
      <button type="button" className="btn quiet" onClick={onClose}>
        {text.close}
      </button>
    </div>
  );
}
