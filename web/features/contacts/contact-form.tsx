/** Adds a contact, or changes one. Keeps what was typed whatever the server says. */
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useId, useState, type ReactNode, type SubmitEvent } from 'react';
import type { ContactDetails, ContactNumber, ContactView } from '#contract/contacts.ts';
import { contactDetailsSchema } from '#contract/contacts.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { linesQuery } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { FormActs } from '../../ui/form-acts.tsx';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { useSession } from '../sign-in/use-session.ts';
import styles from './contact-form.module.css';
import { MoreFields } from './contact-form-more.tsx';
import { contactsChanged } from './contact-queries.ts';
import { keepEdits } from './kept-edits-policy.ts';
import { LanguageField } from './language-field.tsx';

const LABELS = ['mobile', 'home', 'work', 'family', 'other'] as const;

interface TypedNumber {
  readonly typed: string;
  readonly label: ContactNumber['label'];
}

/** As the practice's country writes it; loaded when first needed, since the tables are large. */
async function readNumber(typed: string, country: string): Promise<ContactNumber['number'] | undefined> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const parsed = parsePhoneNumberFromString(typed, country as Parameters<typeof parsePhoneNumberFromString>[1]);
  return parsed?.isPossible() === true ? (String(parsed.number) as ContactNumber['number']) : undefined;
}

export function ContactForm({ contact, onDone }: { readonly contact: ContactView | null; readonly onDone: (saved: ContactView | null) => void }) {
  const { practice } = useSession();
  const lines = useQuery(linesQuery).data ?? [];
  const { formatOpenly, complete } = usePhoneNumbers();
  /** What the form began with: what differs from it is the member's own. */
  const [before, setBefore] = useState<ContactDetails>(contact?.details ?? contactDetailsSchema.parse({}));
  const [draft, setDraft] = useState<ContactDetails>(before);
  const typedOf = ({ numbers }: ContactDetails): TypedNumber[] => (numbers.length === 0 ? [{ typed: '', label: 'mobile' }] : numbers.map(({ number, label }) => ({ typed: formatOpenly(number), label })));
  const [version, setVersion] = useState(contact?.version ?? 0);
  const [typed, setTyped] = useState<readonly TypedNumber[]>(() => typedOf(before));
  const [tags, setTags] = useState(before.tags.join(', '));
  const [wrong, setWrong] = useState<readonly number[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  const set = (change: Partial<ContactDetails>): void => setDraft({ ...draft, ...change });
  const setNumber = (index: number, change: Partial<TypedNumber>): void => setTyped(typed.map((one, at) => (at === index ? { ...one, ...change } : one)));

  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const read = await Promise.all(typed.map(({ typed: text }) => (text.trim() === '' ? Promise.resolve(null) : readNumber(text, practice.country))));
    const notRead = read.flatMap((number, index) => (number === undefined ? [index] : []));
    setWrong(notRead);
    if (notRead.length > 0) return document.getElementById(`number-${notRead[0]}`)?.focus();
    const numbers = read.flatMap((number, index): ContactNumber[] => {
      if (number === null || number === undefined) return [];
      const known = before.numbers.find((one) => one.number === number);
      return [{ number, label: typed[index]!.label, health: known?.health ?? 'unknown', lastReachedAt: known?.lastReachedAt ?? null }];
    });
    const details: ContactDetails = { ...draft, givenName: draft.givenName.trim(), familyName: draft.familyName.trim(), numbers, tags: [...new Set(tags.split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''))] };
    if (details.givenName === '' && details.familyName === '' && numbers.length === 0) return setTrouble(words.contacts.form.needsSomething);
    setTrouble(null);
    try {
      const saved = contact === null ? await api.contacts.add({ details }) : await api.contacts.change({ contactId: contact.id, version, details });
      await contactsChanged();
      onDone(saved);
    } catch (error) {
      if (contact !== null && isRefusal(error, 'CHANGED_MEANWHILE')) {
        const newest = await api.contacts.read({ contactId: contact.id });
        const kept = keepEdits(before, details, newest.details);
        setVersion(newest.version);
        setBefore(newest.details);
        setDraft(kept);
        setTyped(typedOf(kept));
        setTags(kept.tags.join(', '));
        setTrouble(words.contacts.form.changedMeanwhile);
      } else setTrouble(isRefusal(error, 'KEPT_FROM_YOURSELF') ? words.contacts.form.keptFromYourself : words.contacts.form.saveFailed);
    }
  };

  return (
    <form className={styles['form']} onSubmit={(event) => void save(event)} noValidate>
      <h2>{contact === null ? words.contacts.form.addTitle : words.contacts.form.editTitle}</h2>
      {trouble === null ? null : (
        <p className={styles['trouble']} role="alert">
          {trouble}
        </p>
      )}
      <Field label={words.contacts.form.givenName}>{(id) => <input id={id} value={draft.givenName} maxLength={120} autoComplete="off" onChange={(event) => set({ givenName: event.target.value })} />}</Field>
      <Field label={words.contacts.form.familyName}>{(id) => <input id={id} value={draft.familyName} maxLength={120} autoComplete="off" onChange={(event) => set({ familyName: event.target.value })} />}</Field>
      {typed.map((one, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows are told apart by their place alone
        <div key={index} className={styles['number']}>
          <label htmlFor={`number-${index}`}>{words.contacts.form.number(index)}</label>
          <span>
            <input id={`number-${index}`} type="tel" value={one.typed} autoComplete="off" aria-invalid={wrong.includes(index)} aria-describedby={wrong.includes(index) ? `wrong-${index}` : undefined} onChange={(event) => setNumber(index, { typed: event.target.value })} onBlur={() => setNumber(index, { typed: formatOpenly(complete(one.typed) ?? one.typed) })} />
            <select aria-label={words.contacts.form.label(index)} value={one.label} onChange={(event) => setNumber(index, { label: event.target.value as ContactNumber['label'] })}>
              {LABELS.map((label) => (
                <option key={label} value={label}>
                  {words.contacts.labels[label]}
                </option>
              ))}
            </select>
            {typed.length > 1 ? (
              <button type="button" className="iconbtn" aria-label={words.contacts.form.removeNumber(index)} onClick={() => setTyped(typed.filter((_one, at) => at !== index))}>
                <X />
              </button>
            ) : null}
          </span>
          {wrong.includes(index) ? (
            <p id={`wrong-${index}`} className={styles['wrong']}>
              {words.contacts.form.numberWrong}
            </p>
          ) : null}
        </div>
      ))}
      <button type="button" className="btn compact" disabled={typed.length >= 10} onClick={() => setTyped([...typed, { typed: '', label: 'other' }])}>
        <Plus className="small" />
        {words.contacts.form.addNumber}
      </button>
      <Field label={words.contacts.facts.language}>{(id) => <LanguageField id={id} language={draft.language} onChoose={(language) => set({ language })} />}</Field>
      <label className={styles['check']}>
        <input type="checkbox" checked={draft.needsInterpreter} onChange={(event) => set({ needsInterpreter: event.target.checked })} />
        {words.contacts.facts.interpreter}
      </label>
      <Field label={words.contacts.facts.recordNumber}>{(id) => <input id={id} value={draft.recordNumber ?? ''} maxLength={120} autoComplete="off" onChange={(event) => set({ recordNumber: event.target.value === '' ? null : event.target.value })} />}</Field>
      {lines.length < 2 ? null : (
        <Field label={words.lines.ofContact}>
          {(id) => (
            <select id={id} value={lines.some((line) => line.id === draft.lineId) ? (draft.lineId ?? '') : ''} onChange={(event) => set({ lineId: lines.find((line) => line.id === event.target.value)?.id ?? null })}>
              <option value="">{words.lines.ofContactNone}</option>
              {lines.map((line) => (
                <option key={line.id} value={line.id}>
                  {line.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field label={words.contacts.form.tags}>{(id) => <input id={id} value={tags} autoComplete="off" onChange={(event) => setTags(event.target.value)} />}</Field>
      <MoreFields draft={draft} onSet={set} />
      <FormActs onLeave={() => onDone(null)}>
        {words.contacts.form.save}
      </FormActs>
    </form>
  );
}

function Field({ label, children }: { readonly label: string; readonly children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
