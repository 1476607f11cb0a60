/** Adds a number: of the clinic's own telephones, or of this server's trunk. Nothing is called and nothing shown yet. */
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { FormActs } from '../../ui/form-acts.tsx';
import { useSession } from '../sign-in/use-session.ts';
import { LineFields, type LineDraft, draftFields } from './line-fields.tsx';
import { linesChanged } from './line-queries.ts';
import styles from './lines-section.module.css';

const KINDS = ['verified', 'hosted'] as const;
const EMPTY: LineDraft = { name: '', callsBackTo: '', extension: '' };

export function AddLine({ onDone }: { readonly onDone: () => void }) {
  const { sandbox } = useSession().practice;
  const [kind, setKind] = useState<(typeof KINDS)[number]>('verified');
  const [draft, setDraft] = useState(EMPTY);
  const [number, setNumber] = useState('');
  const [trouble, setTrouble] = useState<{ readonly field: 'number' | 'form'; readonly text: string } | null>(null);

  const add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setTrouble(null);
    try {
      await api.lines.add({ ...draftFields(kind === 'hosted' ? { ...EMPTY, name: draft.name } : draft), number, kind });
      await linesChanged();
      onDone();
    } catch (error) {
      const isNumber = isRefusal(error, 'NUMBER_NOT_ALLOWED') || isRefusal(error, 'NUMBER_TAKEN');
      setTrouble({ field: isNumber ? 'number' : 'form', text: isRefusal(error, 'NUMBER_NOT_ALLOWED') ? words.lines.numberNotAllowed : isRefusal(error, 'NUMBER_TAKEN') ? words.lines.numberTaken : words.you.failed });
      if (isNumber) document.getElementById('line-number')?.focus();
    }
  };

  return (
    <form className={`card ${styles['form']}`} aria-label={words.lines.add} onSubmit={(event) => void add(event)}>
      <h2>{sandbox ? words.lines.addTitle : words.lines.whoseTitle}</h2>
      {/* The sandbox's carrier brings no call back here: there is nothing to choose. */}
      {sandbox ? null : (
        <fieldset className={styles['kinds']}>
          <legend>{words.lines.whose}</legend>
          {KINDS.map((each) => (
            <label key={each}>
              <input type="radio" name="line-kind" checked={kind === each} onChange={() => setKind(each)} />
              {words.lines.whoseIs[each]}
            </label>
          ))}
        </fieldset>
      )}
      <p>{kind === 'hosted' ? words.lines.addHostedText : words.lines.addText}</p>
      <label htmlFor="line-number">{words.lines.fields.number}</label>
      <input id="line-number" type="tel" required maxLength={128} value={number} autoComplete="off" aria-invalid={trouble?.field === 'number'} aria-describedby={trouble?.field === 'number' ? 'line-number-trouble' : undefined} onChange={(event) => setNumber(event.target.value)} />
      {trouble?.field === 'number' ? (
        <p id="line-number-trouble" role="alert" className={styles['trouble']}>
          {trouble.text}
        </p>
      ) : null}
      <LineFields idPrefix="new-line" draft={draft} isNameOnly={kind === 'hosted'} onChange={setDraft} />
      {trouble?.field === 'form' ? (
        <p role="alert" className={styles['trouble']}>
          {trouble.text}
        </p>
      ) : null}
      <FormActs onLeave={onDone}>
        {words.lines.addNow}
      </FormActs>
    </form>
  );
}
