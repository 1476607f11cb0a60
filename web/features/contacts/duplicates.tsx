/** Contacts that look like one person, with the reason and what tells them apart: a button a name that joins them under it, and one that says they are two. */
import { useQuery } from '@tanstack/react-query';
import type { ContactDetails, ContactView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { useShown } from '../at-hand/use-shown.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './duplicates.module.css';
import { duplicatesQuery, nameOf } from './contact-queries.ts';
import { useTakingBack } from './use-taking-back.ts';

export function Duplicates({ onClose }: { readonly onClose: () => void }) {
  const found = useQuery(duplicatesQuery);
  const shown = useShown();
  const formats = useFormats();
  const { facts } = words.contacts;
  const factsOf = ({ birthDate, recordNumber, email }: ContactDetails): string => [birthDate === null ? '' : `${facts.birthDate}: ${formats.date(`${birthDate}T12:00:00Z`)}`, recordNumber === null ? '' : `${facts.recordNumber}: ${recordNumber}`, email ?? ''].filter((part) => part !== '').join(' · ');
  const { said, act } = useTakingBack(words.contacts.joining.failed);
  const join = (first: ContactView, contacts: readonly ContactView[]): Promise<void> => {
    const others = contacts.filter(({ id }) => id !== first.id);
    const named = ({ id, version }: ContactView) => ({ id, version });
    return act(
      words.contacts.joining.joined,
      () => api.contacts.duplicates.merge({ keep: named(first), remove: others.map(named) }),
      // What was removed comes back whole, and the one that was kept is again what it was.
      async (joined) => {
        for (const { id } of others) await api.contacts.restore({ contactId: id });
        await api.contacts.change({ contactId: joined.id, version: joined.version, details: first.details });
      },
    );
  };
  const tellApart = (contacts: readonly ContactView[]): Promise<void> => {
    const contactIds = contacts.map(({ id }) => id);
    const setApart = (isApart: boolean) => api.contacts.duplicates.setApart({ contactIds, isApart });
    return act(words.contacts.joining.toldApart, () => setApart(true), () => setApart(false));
  };
  return (
    <div className={styles['duplicates']}>
      <h2>{words.contacts.joining.title}</h2>
      {said === null ? null : said.takeBack === null ? (
        <p role="alert">{said.text}</p>
      ) : (
        <output className={styles['joined']}>
          {said.text}
          <button type="button" className="btn compact" onClick={said.takeBack}>
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
              <button type="button" className="btn quiet" aria-label={words.contacts.joining.apartWhich(shown.name(nameOf(first.details)) || words.contacts.unnamed)} onClick={() => void tellApart(contacts)}>
                {words.contacts.joining.apart}
              </button>
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
