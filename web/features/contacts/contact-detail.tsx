/** One contact: how to call, what is known, what happened. Edited in place. */
import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, Pencil, Phone, Star, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ContactId, ContactView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useDial } from '../calls/use-dial.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { useSession } from '../sign-in/use-session.ts';
import styles from './contact-detail.module.css';
import { ContactForm } from './contact-form.tsx';
import { contactQuery, contactsChanged, nameOf, timelineQuery } from './contact-queries.ts';

export function ContactDetail({ contactId, onBack, onRemoved }: { readonly contactId: ContactId; readonly onBack: () => void; readonly onRemoved: (contact: ContactView) => void }) {
  const [isEditing, setEditing] = useState(false);
  const read = useQuery(contactQuery(contactId));
  const numbers = usePhoneNumbers();
  const dial = useDial();
  const contact = read.data;
  if (read.isError) return <p role="alert">{words.contacts.failed}</p>;
  if (contact === undefined) return <p>{words.contacts.loading}</p>;
  if (isEditing) return <ContactForm contact={contact} onDone={() => setEditing(false)} />;

  const { details } = contact;
  const who = nameOf(details) || numbers.format(details.numbers[0]?.number ?? '') || words.contacts.unnamed;
  const facts: ReadonlyArray<readonly [string, string]> = (
    [
      [words.contacts.facts.language, details.language ?? ''],
      [words.contacts.facts.interpreter, details.needsInterpreter ? '✓' : ''],
      [words.contacts.facts.timeZone, details.timeZone ?? ''],
      [words.contacts.facts.birthDate, details.birthDate ?? ''],
      [words.contacts.facts.recordNumber, details.recordNumber ?? ''],
      [words.contacts.facts.email, details.email ?? ''],
      [words.contacts.facts.texts, words.contacts.texts[details.textConsent.state]],
      [words.contacts.facts.tags, details.tags.join(', ')],
    ] as const
  ).filter(([, value]) => value !== '');

  return (
    <article className={styles['contact']}>
      <button type="button" className={styles['back']} onClick={onBack}>
        <ChevronLeft />
        {words.contacts.back}
      </button>
      <header>
        <h2>{who}</h2>
        <button type="button" className="iconbtn" aria-pressed={contact.isFavourite} aria-label={contact.isFavourite ? words.contacts.isFavourite : words.contacts.notFavourite} onClick={() => void api.contacts.setFavourite({ contactId, isFavourite: !contact.isFavourite }).then(contactsChanged)}>
          <Star fill={contact.isFavourite ? 'currentColor' : 'none'} />
        </button>
        <button type="button" className="btn" onClick={() => setEditing(true)}>
          <Pencil />
          {words.contacts.edit}
        </button>
      </header>
      <ul className={styles['numbers']}>
        {details.numbers.map(({ number, label, health }, index) => (
          <li key={number}>
            <span>
              <b className="nowrap">{numbers.format(number)}</b>
              <small>{[words.contacts.labels[label], words.contacts.health[health]].filter((part) => part !== '').join(', ')}</small>
            </span>
            <button type="button" className={index === 0 ? 'btn primary' : 'btn'} aria-label={words.contacts.callNumber(numbers.format(number))} onClick={() => dial({ to: number, partyName: nameOf(details) || null })}>
              <Phone />
              {words.dial.call}
            </button>
          </li>
        ))}
      </ul>
      <dl className={styles['facts']}>
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <History contactId={contactId} />
      <button
        type="button"
        className={`btn quiet ${styles['remove']}`}
        onClick={() =>
          void api.contacts.remove({ contactId }).then(async () => {
            onRemoved(contact);
            await contactsChanged();
          })
        }
      >
        <Trash2 />
        {words.contacts.remove}
      </button>
    </article>
  );
}

function History({ contactId }: { readonly contactId: ContactId }) {
  const { practice } = useSession();
  const timeline = useQuery(timelineQuery(contactId));
  const entries = timeline.data ?? [];
  const written = (instant: string): string => new Date(instant).toLocaleString(words.language, { timeZone: practice.timeZone, dateStyle: 'medium', timeStyle: 'short', hour12: false });
  return (
    <section className={styles['history']} aria-label={words.contacts.history}>
      <h3>{words.contacts.history}</h3>
      {entries.length === 0 ? <p>{words.contacts.noHistory}</p> : null}
      <ol>
        {entries.map((entry) => (
          <li key={`${entry.kind} ${entry.at}`}>
            <time dateTime={entry.at}>{written(entry.at)}</time>
            <span>
              {entry.kind === 'call' ? words.contacts.callMade : [words.contacts.changes[entry.change], entry.fields.map((field) => words.contacts.fieldNames[field] ?? field).join(', ')].filter((part) => part !== '').join(': ')}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
