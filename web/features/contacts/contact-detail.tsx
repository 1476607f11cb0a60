/** One contact: what happened, how to call, what is known. Edited in place. */
import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, Pencil, Phone, Star, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ContactId, ContactNumber, ContactView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { useShown } from '../at-hand/use-shown.ts';
import { ForWhom } from '../calls/for-whom.tsx';
import { PlateText } from '../calls/line-choice.tsx';
import { useDial } from '../calls/use-dial.ts';
import { useLines } from '../calls/use-lines.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './contact-detail.module.css';
import { ContactFacts } from './contact-facts.tsx';
import { ContactForm } from './contact-form.tsx';
import { ContactHistory } from './contact-history.tsx';
import { contactQuery, contactsChanged, nameOf } from './contact-queries.ts';
import { LocalTime } from './local-time.tsx';

interface ContactDetailProps {
  readonly contactId: ContactId;
  readonly onBack: () => void;
  readonly onRemove: (contact: ContactView) => void;
}

export function ContactDetail({ contactId, onBack, onRemove }: ContactDetailProps) {
  const [isEditing, setEditing] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const read = useQuery(contactQuery(contactId));
  const shown = useShown();
  const contact = read.data;
  if (read.isError && contact === undefined) return <LoadFailed text={words.contacts.failed} onRetry={read.refetch} />;
  if (contact === undefined) return <Waiting text={words.contacts.loading} />;
  if (isEditing) return <ContactForm contact={contact} onDone={() => setEditing(false)} />;

  const { details } = contact;
  const setFavourite = async (): Promise<void> => {
    setFailed(false);
    try {
      await api.contacts.setFavourite({ contactId, isFavourite: !contact.isFavourite });
    } catch {
      setFailed(true);
    }
    await contactsChanged();
  };
  const who = shown.name(nameOf(details)) || shown.number(details.numbers[0]?.number ?? '') || words.contacts.unnamed;

  return (
    <article className={styles['contact']}>
      <header className={styles['head']}>
        <button type="button" className={styles['back']} onClick={onBack}>
          <ChevronLeft />
          {words.contacts.back}
        </button>
        <div className={styles['who']}>
          <h2>{who}</h2>
          <LocalTime details={details} />
        </div>
        <button type="button" className="iconbtn" aria-pressed={contact.isFavourite} aria-label={contact.isFavourite ? words.contacts.isFavourite : words.contacts.notFavourite} onClick={() => void setFavourite()}>
          <Star fill={contact.isFavourite ? 'currentColor' : 'none'} />
        </button>
        <button type="button" className="btn" onClick={() => setEditing(true)}>
          <Pencil />
          {words.contacts.edit}
        </button>
        {hasFailed ? <p className={styles['failed']} role="alert">{words.contacts.notDone}</p> : null}
      </header>
      <div className={styles['side']}>
        <CallCard contact={contact} />
        {shown.isDiscreet ? null : <ContactFacts details={details} who={shown.shortName(nameOf(details)) || who} />}
        <button type="button" className={`btn quiet ${styles['remove']}`} onClick={() => onRemove(contact)}>
          <Trash2 />
          {words.contacts.remove}
        </button>
      </div>
      {shown.isDiscreet ? <p className={styles['hidden']}>{words.discreet.factsHidden}</p> : <ContactHistory contactId={contactId} />}
    </article>
  );
}

/** The first number with what the patient will see above it; then every number with what calls have shown of it. Without a line, no button at all. */
function CallCard({ contact: { details } }: { readonly contact: ContactView }) {
  const shown = useShown();
  const dial = useDial();
  const formats = useFormats();
  const [first] = details.numbers;
  const { query, areKeptBack, shown: line } = useLines(first?.number ?? '', null);
  if (first === undefined) return null;
  const call = ({ number }: ContactNumber): void => dial({ to: number, partyName: nameOf(details) || null });
  const stateOf = ({ label, health, lastReachedAt }: ContactNumber, index: number): string =>
    [words.contacts.labels[label], index === 0 && details.numbers.length > 1 ? words.contacts.calledFirst : '', words.contacts.health[health], lastReachedAt === null ? '' : words.contacts.lastReached(formats.date(lastReachedAt))].filter((part) => part !== '').join(', ');
  return (
    <>
      {line === null ? (
        query.isSuccess ? <p className={styles['noLine']}>{areKeptBack ? words.contacts.noLineForYou : words.contacts.noLine}</p> : null
      ) : (
        <div className={styles['callcard']}>
          <ForWhom />
          <div className="plate">
            <PlateText line={line} lead={words.dial.patientWillSee} />
          </div>
          <button type="button" className="btn primary big wide" onClick={() => call(first)}>
            <Phone />
            {words.contacts.callLabel(words.contacts.labels[first.label].toLowerCase())}
          </button>
        </div>
      )}
      <section className={`card ${styles['section']}`} aria-label={words.contacts.numbersTitle}>
        <h3>{words.contacts.numbersTitle}</h3>
        <ul className={styles['numbers']}>
          {details.numbers.map((number, index) => (
            <li key={number.number}>
              <span>
                <b className="nowrap">{shown.number(number.number)}</b>
                <small>{stateOf(number, index)}</small>
              </span>
              {line === null ? null : (
                <button type="button" className="iconbtn" aria-label={words.contacts.callNumber(shown.number(number.number))} onClick={() => call(number)}>
                  <Phone />
                </button>
              )}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
