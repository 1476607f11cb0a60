/** Contacts that look like one person, with the reason and what tells them apart, and a button a name that joins them under it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ContactDetails, ContactView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { useShown } from '../at-hand/use-shown.ts';
import { useUndo } from '../call-log/use-undo.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './duplicates.module.css';
import { contactsChanged, duplicatesQuery, nameOf } from './contact-queries.ts';

export function Duplicates({ onClose }: { readonly onClose: () => void }) {
  const found = useQuery(duplicatesQuery);
  const shown = useShown();
  const formats = useFormats();
  const { facts } = words.contacts;
  const factsOf = ({ birthDate, recordNumber, email }: ContactDetails): string => [birthDate === null ? '' : `${facts.birthDate}: ${formats.date(`${birthDate}T12:00:00Z`)}`, recordNumber === null ? '' : `${facts.recordNumber}: ${recordNumber}`, email ?? ''].filter((part) => part !== '').join(' · ');
  const [hasFailed, setFailed] = useState(false);
  const { undo, offer: offerUndo } = useUndo();
  const offer = (takeBack: () => Promise<void>): void =>
    offerUndo(() => {
      takeBack()
        .catch(() => setFailed(true))
        .finally(() => void contactsChanged());
    });
  const join = async (first: ContactView, contacts: readonly ContactView[]): Promise<void> => {
    const others = contacts.filter(({ id }) => id !== first.id);
    setFailed(false);
    try {
      const named = ({ id, version }: ContactView) => ({ id, version });
      const joined = await api.contacts.duplicates.merge({ keep: named(first), remove: others.map(named) });
      // What was removed comes back whole, and the one that was kept is again what it was.
      offer(async () => {
        for (const { id } of others) await api.contacts.restore({ contactId: id });
        await api.contacts.change({ contactId: joined.id, version: joined.version, details: first.details });
      });
    } catch {
      setFailed(true);
    }
    await contactsChanged();
  };
  return (
    <div className={styles['duplicates']}>
      <h2>{words.contacts.joining.title}</h2>
      {hasFailed ? <p role="alert">{words.contacts.joining.failed}</p> : null}
      {undo === null ? null : (
        <output className={styles['joined']}>
          {words.contacts.joining.joined}
          <button type="button" className="btn compact" onClick={undo}>
            {words.contacts.undo}
          </button>
        </output>
      )}
      {found.isPending ? <Waiting text={words.contacts.loading} /> : null}
      {found.isError ? <LoadFailed text={words.contacts.failed} onRetry={found.refetch} /> : null}
      {found.data === undefined ? null : <p>{found.data.length === 0 ? words.contacts.joining.none : words.contacts.joining.text}</p>}
      {(found.data ?? []).map(({ contacts, because }) => {
        const first = contacts[0]!;
        return (
          <section key={first.id} className="card" aria-label={shown.name(nameOf(first.details))}>
            <p className={styles['because']}>{because.map((reason) => words.contacts.joining.because[reason]).join(', ')}</p>
            <ul>
              {contacts.map(({ id, details }) => (
                <li key={id}>
                  <b>{shown.name(nameOf(details)) || words.contacts.unnamed}</b>
                  {details.numbers.map(({ number }) => (
                    <span key={number} className="nowrap">
                      {shown.number(number)}
                    </span>
                  ))}
                  {shown.isDiscreet ? null : <small>{factsOf(details)}</small>}
                </li>
              ))}
            </ul>
            {new Set(contacts.flatMap(({ details: { recordNumber } }) => (recordNumber === null ? [] : [recordNumber]))).size > 1 ? <p className={styles['differ']}>{words.contacts.joining.recordsDiffer}</p> : null}
            <span className={styles['acts']}>
              {[...new Map(contacts.map((contact) => [nameOf(contact.details), contact])).values()].map((keep) => (
                <button key={keep.id} type="button" className="btn" onClick={() => void join(keep, contacts)}>
                  {words.contacts.joining.join(shown.name(nameOf(keep.details)) || words.contacts.unnamed)}
                </button>
              ))}
            </span>
          </section>
        );
      })}
      <button type="button" className="btn quiet" onClick={onClose}>
        {words.contacts.importer.close}
      </button>
    </div>
  );
}
