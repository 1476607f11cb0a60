/** Contacts: a list that is searched as one types, and beside it whoever was chosen. On a phone one takes the other's place. */
import { Copy, Download, Plus, Search, Star, Upload } from 'lucide-react';
import { useState } from 'react';
import type { ContactId, ContactView, GroupView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { ContactDetail } from './contact-detail.tsx';
import { ContactExport } from './contact-export.tsx';
import { ContactForm } from './contact-form.tsx';
import { ContactImport } from './contact-import.tsx';
import { nameOf } from './contact-queries.ts';
import styles from './contacts-page.module.css';
import { Duplicates } from './duplicates.tsx';
import { GroupFilter } from './group-filter.tsx';
import { PeopleList } from './people-list.tsx';
import { useTakingBack } from './use-taking-back.ts';

type Beside = { readonly kind: 'nobody' | 'add' | 'import' | 'export' | 'duplicates' } | { readonly kind: 'contact'; readonly id: ContactId };

export function ContactsPage() {
  useTitle(words.pages.title(words.pages.contacts));
  const [text, setText] = useState('');
  const [onlyFavourites, setOnlyFavourites] = useState(false);
  const [beside, setBeside] = useState<Beside>({ kind: 'nobody' });
  const [group, setGroup] = useState<GroupView | null>(null);
  const { said, act } = useTakingBack(words.contacts.notDone);
  const { name } = useShown();
  const leave = (): void => setBeside({ kind: 'nobody' });
  const shownName = (contact: ContactView): string => name(nameOf(contact.details)) || words.contacts.unnamed;
  const deleteGroup = (deleted: GroupView): void => {
    setGroup(null);
    void act(words.contacts.groupDeleted(deleted.name), () => api.contacts.groups.remove({ groupId: deleted.id }), () => api.contacts.groups.restore({ groupId: deleted.id }));
  };
  const takeOut = (contact: ContactView, who: string): void => {
    if (group === null) return;
    const { id } = group;
    // Read anew, so that what somebody changed meanwhile is kept.
    const setIn = async (isIn: boolean): Promise<void> => {
      const { version, details } = await api.contacts.read({ contactId: contact.id });
      const others = details.groupIds.filter((each) => each !== id);
      await api.contacts.change({ contactId: contact.id, version, details: { ...details, groupIds: isIn ? [...others, id] : others } });
    };
    void act(words.contacts.takenOut(who, group.name), () => setIn(false), () => setIn(true));
  };

  return (
    <main id="main" className={`${styles['page']} ${beside.kind === 'nobody' ? '' : styles['chosen']} ${beside.kind === 'contact' ? styles['alone'] : ''}`}>
      <section className={styles['list']} aria-label={words.pages.contacts}>
        <div className={styles['top']}>
          <h1>{words.pages.contacts}</h1>
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
          <button type="button" className="btn compact" onClick={() => setBeside({ kind: 'export' })}>
            <Download className="small" />
            {words.contacts.export}
          </button>
          <button type="button" className="btn compact" onClick={() => setBeside({ kind: 'duplicates' })}>
            <Copy className="small" />
            {words.contacts.duplicates}
          </button>
        </div>
        <GroupFilter chosen={group} onChoose={setGroup} onDelete={deleteGroup} />
        {said === null ? null : (
          <output className={styles['removed']}>
            {said.text}
            {said.takeBack === null ? null : (
              <button type="button" className="btn compact" onClick={said.takeBack}>
                {words.contacts.undo}
              </button>
            )}
          </output>
        )}
        <PeopleList filter={{ text: text.trim(), onlyFavourites, groupId: group?.id ?? null }} groupName={group?.name ?? null} chosenId={beside.kind === 'contact' ? beside.id : null} onChoose={(id) => setBeside({ kind: 'contact', id })} onTakeOut={takeOut} />
      </section>
      <section className={styles['beside']} aria-live="off">
        {beside.kind === 'nobody' ? <p className={styles['choose']}>{words.contacts.choose}</p> : null}
        {beside.kind === 'add' ? <ContactForm contact={null} onDone={(saved) => setBeside(saved === null ? { kind: 'nobody' } : { kind: 'contact', id: saved.id })} /> : null}
        {beside.kind === 'import' ? <ContactImport onClose={leave} /> : null}
        {beside.kind === 'export' ? <ContactExport onClose={leave} /> : null}
        {beside.kind === 'duplicates' ? <Duplicates onClose={leave} /> : null}
        {beside.kind === 'contact' ? (
          <ContactDetail
            key={beside.id}
            contactId={beside.id}
            onBack={leave}
            onRemove={(contact) => {
              leave();
              void act(words.contacts.removed(shownName(contact)), () => api.contacts.remove({ contactId: contact.id }), () => api.contacts.restore({ contactId: contact.id }));
            }}
          />
        ) : null}
      </section>
    </main>
  );
}
