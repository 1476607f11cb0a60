/** Contacts: a list that is searched as one types, and beside it whoever was chosen. On a phone one takes the other's place. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Copy, Download, Phone, Plus, Search, Star, Upload } from 'lucide-react';
import { useState } from 'react';
import type { ContactId, ContactView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useDial } from '../calls/use-dial.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { ContactDetail } from './contact-detail.tsx';
import { ContactForm } from './contact-form.tsx';
import { ContactImport } from './contact-import.tsx';
import { contactSearchQuery, contactsChanged, nameOf } from './contact-queries.ts';
import styles from './contacts-page.module.css';
import { Duplicates } from './duplicates.tsx';

type Beside = { readonly kind: 'nobody' | 'add' | 'import' | 'duplicates' } | { readonly kind: 'contact'; readonly id: ContactId };

export function ContactsPage() {
  useTitle(words.pages.title(words.contacts.title));
  const [text, setText] = useState('');
  const [onlyFavourites, setOnlyFavourites] = useState(false);
  const [beside, setBeside] = useState<Beside>({ kind: 'nobody' });
  const [removed, setRemoved] = useState<ContactView | null>(null);
  const leave = (): void => setBeside({ kind: 'nobody' });

  return (
    <main id="main" className={`${styles['page']} ${beside.kind === 'nobody' ? '' : styles['chosen']}`}>
      <section className={styles['list']} aria-label={words.contacts.title}>
        <div className={styles['top']}>
          <h1>{words.contacts.title}</h1>
          <button type="button" className="btn" onClick={() => setBeside({ kind: 'add' })}>
            <Plus />
            {words.contacts.add}
          </button>
        </div>
        <label className={styles['search']}>
          <Search aria-hidden="true" />
          <span className="sr">{words.contacts.search}</span>
          <input type="search" value={text} placeholder={words.contacts.search} autoComplete="off" onChange={(event) => setText(event.target.value)} />
        </label>
        <div className={styles['tools']}>
          <button type="button" className="btn compact" aria-pressed={onlyFavourites} onClick={() => setOnlyFavourites(!onlyFavourites)}>
            <Star className="small" />
            {words.contacts.onlyFavourites}
          </button>
          <button type="button" className="btn compact" onClick={() => setBeside({ kind: 'import' })}>
            <Upload className="small" />
            {words.contacts.import}
          </button>
          <button type="button" className="btn compact" onClick={() => setBeside({ kind: 'duplicates' })}>
            <Copy className="small" />
            {words.contacts.duplicates}
          </button>
          <ExportButton format="csv" label={words.contacts.exportCsv} />
          <ExportButton format="vcard" label={words.contacts.exportVCard} />
        </div>
        {removed === null ? null : (
          <output className={styles['removed']}>
            {words.contacts.removed(nameOf(removed.details) || words.contacts.unnamed)}
            <button
              type="button"
              className="btn compact"
              onClick={() => {
                void api.contacts.restore({ contactId: removed.id }).then(contactsChanged);
                setRemoved(null);
              }}
            >
              {words.contacts.undo}
            </button>
          </output>
        )}
        <People text={text} onlyFavourites={onlyFavourites} chosenId={beside.kind === 'contact' ? beside.id : null} onChoose={(id) => setBeside({ kind: 'contact', id })} />
      </section>
      <section className={styles['beside']} aria-live="off">
        {beside.kind === 'nobody' ? <p className={styles['choose']}>{words.contacts.choose}</p> : null}
        {beside.kind === 'add' ? <ContactForm contact={null} onDone={(saved) => setBeside(saved === null ? { kind: 'nobody' } : { kind: 'contact', id: saved.id })} /> : null}
        {beside.kind === 'import' ? <ContactImport onClose={leave} /> : null}
        {beside.kind === 'duplicates' ? <Duplicates onClose={leave} /> : null}
        {beside.kind === 'contact' ? (
          <ContactDetail
            key={beside.id}
            contactId={beside.id}
            onBack={leave}
            onRemoved={(contact) => {
              setRemoved(contact);
              leave();
            }}
          />
        ) : null}
      </section>
    </main>
  );
}

function People({ text, onlyFavourites, chosenId, onChoose }: { readonly text: string; readonly onlyFavourites: boolean; readonly chosenId: ContactId | null; readonly onChoose: (id: ContactId) => void }) {
  const found = useInfiniteQuery(contactSearchQuery(text.trim(), onlyFavourites));
  const numbers = usePhoneNumbers();
  const dial = useDial();
  if (found.isPending) return <p className={styles['quiet']}>{words.contacts.loading}</p>;
  const contacts = (found.data?.pages ?? []).flatMap((page) => page.contacts);
  if (found.isError && contacts.length === 0)
    return (
      <p className={styles['quiet']} role="alert">
        {words.contacts.failed}{' '}
        <button type="button" className="btn compact" onClick={() => void found.refetch()}>
          {words.tryAgain}
        </button>
      </p>
    );
  const total = found.data?.pages[0]?.total ?? 0;
  if (total === 0) return <p className={styles['quiet']}>{text.trim() === '' ? words.contacts.empty : words.contacts.nobody(text.trim())}</p>;
  return (
    <>
      <p className={styles['count']} aria-live="polite">
        {words.contacts.count(contacts.length, total)}
      </p>
      <ul className={styles['people']}>
        {contacts.map((contact) => {
          const { details } = contact;
          const first = details.numbers[0]?.number;
          const written = first === undefined ? '' : numbers.format(first);
          const who = nameOf(details) || written || words.contacts.unnamed;
          return (
            <li key={contact.id}>
              <button type="button" className={styles['row']} aria-current={contact.id === chosenId} onClick={() => onChoose(contact.id)}>
                <b>
                  {who}
                  {contact.isFavourite ? <Star className="small" aria-label={words.contacts.favourite} /> : null}
                </b>
                <span>{[nameOf(details) === '' ? '' : written, ...details.tags].filter((part) => part !== '').join(' · ')}</span>
              </button>
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

function ExportButton({ format, label }: { readonly format: 'csv' | 'vcard'; readonly label: string }) {
  const save = async (): Promise<void> => {
    const { fileName, mediaType, text } = await api.contacts.export({ format });
    const address = URL.createObjectURL(new Blob([text], { type: `${mediaType};charset=utf-8` }));
    Object.assign(document.createElement('a'), { href: address, download: fileName }).click();
    URL.revokeObjectURL(address);
  };
  return (
    <button type="button" className="btn compact" onClick={() => void save()}>
      <Download className="small" />
      {label}
    </button>
  );
}
