/** A carrier's rate table: read and looked at first, row by row where something is wrong, and in effect only then. */
import { useState } from 'react';
import type { RatePreview } from '#contract/plan.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import type { Money } from './money.ts';
import { planChanged } from './plan-queries.ts';
import styles from './plan-section.module.css';

/** As the contract has it. */
const LARGEST_BYTES = 8_000_000;

type Step =
  | { readonly name: 'idle'; readonly said: string | null }
  | { readonly name: 'reading'; readonly file: string }
  | { readonly name: 'preview'; readonly file: string; readonly csv: string; readonly preview: RatePreview }
  | { readonly name: 'importing'; readonly file: string };

export function RateImport({ rateCount, money }: { readonly rateCount: number; readonly money: Money }) {
  const formats = useFormats();
  const [step, setStep] = useState<Step>({ name: 'idle', said: null });

  const read = async (file: File): Promise<void> => {
    if (file.size > LARGEST_BYTES) return setStep({ name: 'idle', said: words.plan.ratesTooLarge });
    setStep({ name: 'reading', file: file.name });
    try {
      const csv = await file.text();
      setStep({ name: 'preview', file: file.name, csv, preview: await api.plan.previewRates({ csv }) });
    } catch {
      setStep({ name: 'idle', said: words.you.failed });
    }
  };
  const bringIn = async (file: string, csv: string): Promise<void> => {
    setStep({ name: 'importing', file });
    try {
      const plan = await api.plan.importRates({ csv });
      planChanged(plan);
      setStep({ name: 'idle', said: words.plan.ratesImported(formats.number(plan.rateCount)) });
    } catch {
      setStep({ name: 'idle', said: words.you.failed });
    }
  };

  return (
    <section aria-label={words.plan.ratesTitle}>
      <h2>{words.plan.ratesTitle}</h2>
      <div className={`card ${styles['rates']}`}>
        <p>{rateCount === 0 ? words.plan.noRates : words.plan.ratesHeld(formats.number(rateCount))}</p>
        {step.name === 'idle' ? (
          <>
            <label htmlFor="rates-file">{words.plan.ratesFile}</label>
            <input
              id="rates-file"
              type="file"
              accept=".csv,text/csv,text/plain"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                if (file !== undefined) void read(file);
              }}
            />
            <small>{words.plan.ratesHelp}</small>
          </>
        ) : null}
        {step.name === 'reading' ? <p role="status">{words.plan.ratesReading(step.file)}</p> : null}
        {step.name === 'importing' ? <p role="status">{words.plan.ratesImporting(step.file)}</p> : null}
        {step.name === 'preview' ? (
          <Preview file={step.file} preview={step.preview} money={money} onImport={() => void bringIn(step.file, step.csv)} onCancel={() => setStep({ name: 'idle', said: null })} />
        ) : null}
        {step.name === 'idle' ? <p role="status">{step.said}</p> : null}
      </div>
    </section>
  );
}

interface PreviewProps {
  readonly file: string;
  readonly preview: RatePreview;
  readonly money: Money;
  readonly onImport: () => void;
  readonly onCancel: () => void;
}

function Preview({ file, preview, money, onImport, onCancel }: PreviewProps) {
  const formats = useFormats();
  const { problems, problemCount, rateCount, added, removed, dearer, cheaper, dearest } = preview;
  return (
    <>
      <h3>{file}</h3>
      {problemCount > 0 ? (
        <div role="alert">
          <p>{words.plan.ratesWrong(problemCount)}</p>
          <ul className={styles['problems']}>
            {problems.map(({ line, problem }) => (
              <li key={line}>{words.plan.rateProblem(line, words.plan.rateProblems[problem])}</li>
            ))}
          </ul>
        </div>
      ) : (
        <>
          <p>{words.plan.ratesWouldBe({ count: formats.number(rateCount), added: formats.number(added), removed: formats.number(removed), dearer: formats.number(dearer), cheaper: formats.number(cheaper) })}</p>
          <p>{words.plan.dearest}</p>
          <ul className={styles['problems']}>
            {dearest.map(({ prefix, microsPerMinute }) => (
              <li key={prefix}>{words.plan.prefixCosts(`+${prefix}`, money(microsPerMinute))}</li>
            ))}
          </ul>
        </>
      )}
      <span className={styles['row']}>
        {problemCount > 0 ? null : (
          <button type="button" className="btn primary" onClick={onImport}>
            {words.plan.ratesImport}
          </button>
        )}
        <button type="button" className="btn" onClick={onCancel}>
          {problemCount > 0 ? words.plan.otherFile : words.cancel}
        </button>
      </span>
    </>
  );
}
