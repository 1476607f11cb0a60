/** Those who are found, each with the way to call them; within a group also with the way out of it. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Phone, Star, UserRoundMinus } from 'lucide-react';
import type { ContactId, ContactView } from '#contract/contacts.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { useShown } from '../at-hand/use-shown.ts';
import { useDial } from '../calls/use-dial.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { type ContactFilter, contactSearchQuery, nameOf } from './contact-queries.ts';
import styles from './contacts-page.module.css';

interface PeopleListProps {
  readonly filter: ContactFilter;
  /** The group that is shown, by its name. */
  readonly groupName: string | null;
  readonly chosenId: ContactId | null;
  readonly onChoose: (id: ContactId) => void;
  readonly onTakeOut: (contact: ContactView, who: string) => void;
}

export function PeopleList({ filter, groupName, chosenId, onChoose, onTakeOut }: PeopleListProps) {
  const found = useInfiniteQuery(contactSearchQuery(filter));
  const shown = useShown();
  const formats = useFormats();
  const dial = useDial();
  if (found.isPending) return <Waiting text={words.contacts.loading} />;
  const contacts = (found.data?.pages ?? []).flatMap((page) => page.contacts);
  if (found.isError && contacts.length === 0) return <LoadFailed text={words.contacts.failed} onRetry={found.refetch} />;
  const total = found.data?.pages[0]?.total ?? 0;
  if (total === 0) return <p className={styles['quiet']}>{filter.text !== '' ? words.contacts.nobody(filter.text) : groupName !== null ? words.contacts.groupEmpty : words.contacts.empty}</p>;
  return (
    <>
      <p className={styles['count']} aria-live="polite">
        {contacts.length < total ? words.contacts.countOf(formats.number(contacts.length), formats.number(total)) : words.contacts.count(total, formats.number(total))}
      </p>
      <ul className={styles['people']}>
        {contacts.map((contact) => {
          const { details } = contact;
          const first = details.numbers[0]?.number;
          const written = first === undefined ? '' : shown.number(first);
          const who = shown.name(nameOf(details)) || written || words.contacts.unnamed;
          return (
            <li key={contact.id}>
              <button type="button" className={styles['row']} aria-current={contact.id === chosenId} onClick={() => onChoose(contact.id)}>
                <b>
                  {who}
                  {contact.isFavourite ? <Star className="small" aria-label={words.contacts.favourite} /> : null}
                </b>
                <span>{[nameOf(details) === '' ? '' : written, ...(shown.isDiscreet ? [] : details.tags)].filter((part) => part !== '').join(' · ')}</span>
              </button>
              {groupName === null ? null : (
                <button type="button" className="iconbtn" aria-label={words.contacts.takeOut(who, groupName)} title={words.contacts.takeOut(who, groupName)} onClick={() => onTakeOut(contact, who)}>
                  <UserRoundMinus />
                </button>
              )}
              {first === undefined ? null : (
                <button type="button" className="iconbtn" aria-label={words.contacts.call(who)} onClick={() => dial({ to: first, partyName: nameOf(details) || null })}>
                  <Phone />
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {found.hasNextPage ? (
        <button type="button" className="btn wide" disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {words.contacts.showMore}
        </button>
      ) : null}
    </>
  );
}
