/** Imports a file: sends it in pieces, asks what each column is, shows how far it is, what could not be read, and takes it back if asked. */
import { Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { importFieldSchema, type ImportField, type ImportView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import styles from './contact-import.module.css';
import { contactsChanged } from './contact-queries.ts';

const PIECE_BYTES = 45_000;
const LOOK_EVERY_MS = 400;

type Problems = Awaited<ReturnType<typeof api.contacts.imports.listProblems>>;

export function ContactImport({ onClose }: { readonly onClose: () => void }) {
  const [view, setView] = useState<ImportView | null>(null);
  const [sentShare, setSentShare] = useState<number | null>(null);
  const [mapping, setMapping] = useState<ReadonlyArray<ImportField | null>>([]);
  const [problems, setProblems] = useState<Problems>([]);
  const [news, setNews] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const state = view?.state;
  const importId = view?.id;
  useEffect(() => heading.current?.focus(), [state]);

  useEffect(() => {
    if (state !== 'running' || importId === undefined) return;
    const timer = setInterval(() => void api.contacts.imports.read({ importId }).then(setView, () => {}), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [state, importId]);
  useEffect(() => {
    if (state !== 'done' || importId === undefined) return;
    void contactsChanged();
    void api.contacts.imports.listProblems({ importId }).then(setProblems, () => {});
  }, [state, importId]);

  const send = async (file: File): Promise<void> => {
    setNews(null);
    try {
      const { id } = await api.contacts.imports.create({ kind: /\.(vcf|vcard)$/i.test(file.name) ? 'vcard' : 'csv' });
      for (let offset = 0; offset < file.size; offset += PIECE_BYTES) {
        setSentShare(Math.round((offset / file.size) * 100));
        const bytes = new Uint8Array(await file.slice(offset, offset + PIECE_BYTES).arrayBuffer());
        await api.contacts.imports.upload({ importId: id, offset, bytes: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) });
      }
      const read = await api.contacts.imports.finishUpload({ importId: id });
      setMapping(read.columns.map(({ suggested }) => suggested));
      setView(read);
    } catch {
      setNews(words.contacts.importer.broke);
    }
    setSentShare(null);
  };
  const start = async (): Promise<void> => {
    if (importId !== undefined) setView(await api.contacts.imports.start({ importId, mapping: [...mapping] }));
  };
  const undo = async (): Promise<void> => {
    if (importId === undefined) return;
    const { removed, kept } = await api.contacts.imports.undo({ importId });
    setNews(words.contacts.importer.undone(removed, kept));
    setView(null);
    await contactsChanged();
  };

  return (
    <div className={styles['import']}>
      <h2 ref={heading} tabIndex={-1}>
        {state === 'mapping' && view?.kind === 'csv' ? words.contacts.importer.mappingTitle : words.contacts.importer.title}
      </h2>
      {news === null ? null : <output className={styles['news']}>{news}</output>}
      {view === null || state === 'unreadable' ? (
        <>
          <p>{state === 'unreadable' ? words.contacts.importer.unreadable : words.contacts.importer.text}</p>
          <label className={`btn primary ${styles['file']}`}>
            <Upload />
            {sentShare === null ? words.contacts.importer.choose : words.contacts.importer.uploading(sentShare)}
            <input type="file" className="sr" accept=".csv,.txt,.tsv,.vcf,.vcard,text/csv,text/vcard" disabled={sentShare !== null} onChange={(event) => event.target.files?.[0] && void send(event.target.files[0])} />
          </label>
        </>
      ) : null}
      {view !== null && state === 'mapping' ? (
        <>
          <p>{words.contacts.importer.mappingText(view.rowsTotal ?? 0)}</p>
          {view.columns.map(({ header, samples }, index) => (
            <label key={header} className={styles['column']}>
              <span>
                <b>{header}</b>
                <small>{samples.join(', ')}</small>
              </span>
              <select value={mapping[index] ?? ''} onChange={(event) => setMapping(mapping.map((field, at) => (at === index ? (importFieldSchema.safeParse(event.target.value).data ?? null) : field)))}>
                <option value="">{words.contacts.importer.leaveOut}</option>
                {importFieldSchema.options.map((field) => (
                  <option key={field} value={field}>
                    {words.contacts.importer.fields[field]}
                  </option>
                ))}
              </select>
            </label>
          ))}
          <button type="button" className="btn primary" disabled={view.kind === 'csv' && mapping.every((field) => field === null)} onClick={() => void start()}>
            {words.contacts.importer.start(view.rowsTotal ?? 0)}
          </button>
        </>
      ) : null}
      {view !== null && state === 'running' ? (
        <>
          <progress className={styles['progress']} max={view.rowsTotal ?? 1} value={view.rowsDone} aria-label={words.contacts.importer.title} />
          <p aria-live="polite">{words.contacts.importer.running(view.rowsDone, view.rowsTotal)}</p>
        </>
      ) : null}
      {view !== null && state === 'done' ? (
        <>
          <p role="status">
            {words.contacts.importer.done(view.added)} {view.duplicates > 0 ? words.contacts.importer.duplicates(view.duplicates) : ''} {view.failed > 0 ? words.contacts.importer.failed(view.failed) : ''}
          </p>
          {problems.length === 0 ? null : (
            <details>
              <summary>{words.contacts.importer.problemsTitle}</summary>
              <ul>
                {problems.slice(0, 200).map(({ row, field, problem }) => (
                  <li key={`${row} ${field} ${problem}`}>
                    {words.contacts.importer.row(row)}: {field === null ? '' : `${words.contacts.importer.fields[field]}, `}
                    {words.contacts.importer.problems[problem]}
                  </li>
                ))}
              </ul>
            </details>
          )}
          <button type="button" className="btn" onClick={() => void undo()}>
            {words.contacts.importer.undo}
          </button>
        </>
      ) : null}
      <button type="button" className="btn quiet" onClick={onClose}>
        {words.contacts.importer.close}
      </button>
    </div>
  );
}
