/** Contacts that look like one person, with the reason, and one button that joins them. */
import { useQuery } from '@tanstack/react-query';
import type { ContactView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import styles from './duplicates.module.css';
import { contactsChanged, duplicatesQuery, nameOf } from './contact-queries.ts';

export function Duplicates({ onClose }: { readonly onClose: () => void }) {
  const found = useQuery(duplicatesQuery);
  const numbers = usePhoneNumbers();
  const join = async (contacts: readonly ContactView[]): Promise<void> => {
    const [keep, ...remove] = contacts.map(({ id, version }) => ({ id, version }));
    if (keep !== undefined) await api.contacts.duplicates.merge({ keep, remove }).catch(() => {});
    await contactsChanged();
  };
  return (
    <div className={styles['duplicates']}>
      <h2>{words.contacts.joining.title}</h2>
      {found.isPending ? <p>{words.contacts.loading}</p> : null}
      {found.isError ? <p role="alert">{words.contacts.failed}</p> : null}
      {found.data === undefined ? null : <p>{found.data.length === 0 ? words.contacts.joining.none : words.contacts.joining.text}</p>}
      {(found.data ?? []).map(({ contacts, because }) => {
        const first = contacts[0]!;
        return (
          <section key={first.id} className="card" aria-label={nameOf(first.details)}>
            <p className={styles['because']}>{because.map((reason) => words.contacts.joining.because[reason]).join(', ')}</p>
            <ul>
              {contacts.map(({ id, details }) => (
                <li key={id}>
                  <b>{nameOf(details) || words.contacts.unnamed}</b> {details.numbers.map(({ number }) => numbers.format(number)).join(', ')}
                </li>
              ))}
            </ul>
            <button type="button" className="btn" onClick={() => void join(contacts)}>
              {words.contacts.joining.join(nameOf(first.details) || words.contacts.unnamed)}
            </button>
          </section>
        );
      })}
      <button type="button" className="btn quiet" onClick={onClose}>
        {words.contacts.importer.close}
      </button>
    </div>
  );
}
