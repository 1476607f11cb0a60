/** One interpreter service, as an admin writes it. What is typed stays where it is refused, with the reason under its field. */
import { type SubmitEvent, useId, useState } from 'react';
import { interpreterCodeSchema, type InterpreterServiceView } from '#contract/interpreters.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { FormActs } from '../../ui/form-acts.tsx';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import styles from './interpreters-card.module.css';
import { LanguagesField } from './languages-field.tsx';

type Field = 'name' | 'number' | 'code' | 'form';

export interface ServiceFormProps {
  /** Null: a new one. */
  readonly service: InterpreterServiceView | null;
  readonly onDone: (sentence: string) => void;
  readonly onCancel: () => void;
}

export function ServiceForm({ service, onDone, onCancel }: ServiceFormProps) {
  const { formatOpenly } = usePhoneNumbers();
  const text = words.callParties.section;
  const id = useId();
  const [name, setName] = useState(service?.name ?? '');
  const [number, setNumber] = useState(service === null ? '' : formatOpenly(service.number));
  const [languages, setLanguages] = useState<string[]>(service?.languages ?? []);
  const [code, setCode] = useState('');
  const [isForgotten, setForgotten] = useState(false);
  const [trouble, setTrouble] = useState<{ readonly field: Field; readonly text: string } | null>(null);
  const fail = (field: Field, sentence: string): void => {
    setTrouble({ field, text: sentence });
    document.getElementById(`${id}-${field}`)?.focus();
  };

  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setTrouble(null);
    if (name.trim() === '') return fail('name', text.nameMissing);
    if (number.trim() === '') return fail('number', text.numberWrong);
    const typed = code.replaceAll(/\s/g, '');
    if (typed !== '' && !interpreterCodeSchema.safeParse(typed).success) return fail('code', text.codeWrong);
    const facts = { name: name.trim(), number, languages };
    try {
      if (service === null) await api.interpreters.add({ ...facts, code: typed === '' ? null : typed });
      else await api.interpreters.change({ ...facts, serviceId: service.id, ...(typed !== '' ? { code: typed } : isForgotten ? { code: null } : {}) });
      onDone(text.saved(facts.name));
    } catch (error) {
      if (isRefusal(error, 'NUMBER_NOT_ALLOWED')) fail('number', text.numberWrong);
      else fail('form', isRefusal(error, 'TOO_MANY_SERVICES') ? text.tooMany : words.you.failed);
    }
  };
  const field = (key: Exclude<Field, 'form'>, label: string, help: string | null, value: string, onChange: (value: string) => void, attributes: { readonly type?: string; readonly maxLength: number; readonly inputMode?: 'tel' }) => (
    <>
      <label htmlFor={`${id}-${key}`}>{label}</label>
      <input id={`${id}-${key}`} autoComplete="off" spellCheck={false} {...attributes} value={value} aria-invalid={trouble?.field === key} aria-describedby={`${id}-${key}-help`} onChange={(event) => onChange(event.target.value)} />
      <small id={`${id}-${key}-help`}>{trouble?.field === key ? <span role="alert" className={styles['trouble']}>{trouble.text}</span> : help}</small>
    </>
  );

  return (
    <form className={styles['form']} aria-label={service === null ? text.add : text.changeWhich(service.name)} onSubmit={(event) => void save(event)} noValidate>
      {field('name', text.name, null, name, setName, { maxLength: 60 })}
      {field('number', text.number, null, number, setNumber, { type: 'tel', maxLength: 128 })}
      <LanguagesField id={`${id}-languages`} languages={languages} onChange={setLanguages} />
      {field('code', text.code, service?.hasCode === true ? text.codeKept : text.codeHelp, code, setCode, { maxLength: 40, inputMode: 'tel' })}
      {service?.hasCode === true && code === '' ? (
        <label className={styles['forget']}>
          <input type="checkbox" checked={isForgotten} onChange={(event) => setForgotten(event.target.checked)} />
          {text.forgetCode}
        </label>
      ) : null}
      {trouble?.field === 'form' ? (
        <p role="alert" className={styles['trouble']}>
          {trouble.text}
        </p>
      ) : null}
      <FormActs onLeave={onCancel}>
        {text.save}
      </FormActs>
    </form>
  );
}
