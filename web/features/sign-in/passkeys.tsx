/** One's passkeys: seen, added on this device, named, removed; the last way in stays. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Fingerprint } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import type { CredentialsView } from '#contract/sign-in.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { focusOnShow } from '../../ui/focus-on-show.ts';
import { agentWords } from './agent-words.ts';
import styles from './me-section.module.css';
import { makePasskey } from './passkey-ceremony.ts';
import { useFormats } from './use-formats.ts';
import { credentialsQuery } from './your-queries.ts';

type Passkey = CredentialsView['passkeys'][number];

export function Passkeys() {
  const credentials = useQuery(credentialsQuery);
  const queries = useQueryClient();
  const [news, setNews] = useState<string | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);

  /** What is there afterwards, or why not. */
  const attempt = async (act: () => Promise<CredentialsView | null>, done: string | null): Promise<void> => {
    try {
      const view = await act();
      if (view !== null) queries.setQueryData(credentialsQuery.queryKey, view);
      setNews(view === null ? words.you.passkeyNotAdded : done);
    } catch (error) {
      setNews(isRefusal(error, 'LAST_WAY_IN') ? words.you.lastWayIn : isRefusal(error, 'PASSKEY_REFUSED') ? words.you.passkeyNotAdded : words.you.failed);
    }
  };
  const add = (): Promise<void> =>
    attempt(async () => {
      const { options } = await api.passkeys.startAdding({});
      const made = await makePasskey(options);
      return made.ok ? api.passkeys.finishAdding({ response: made.response, name: agentWords(navigator.userAgent) }) : null;
    }, words.you.passkeyAdded);
  const remove = (passkeyId: string): Promise<void> => attempt(() => api.passkeys.remove({ passkeyId }), null);
  const rename = async (passkeyId: string, name: string): Promise<void> => {
    await attempt(() => api.passkeys.rename({ passkeyId, name }), null);
    setRenaming(null);
  };

  const passkeys = credentials.data?.passkeys ?? [];
  return (
    <section className={`card ${styles['section']}`} aria-label={words.you.passkeys}>
      <h2>{words.you.passkeys}</h2>
      <p>{credentials.isSuccess && passkeys.length === 0 ? words.you.noPasskeys : words.you.passkeysText}</p>
      <ul>
        {passkeys.map((passkey) => (
          <li key={passkey.id}>
            <Fingerprint />
            {renaming === passkey.id ? <Renaming passkey={passkey} onSave={(name) => void rename(passkey.id, name)} onCancel={() => setRenaming(null)} /> : <PasskeyRow passkey={passkey} onRename={() => setRenaming(passkey.id)} onRemove={() => void remove(passkey.id)} />}
          </li>
        ))}
      </ul>
      <p role="status">{news}</p>
      <button type="button" className="btn" onClick={() => void add()}>
        <Fingerprint />
        {words.you.addPasskey}
      </button>
    </section>
  );
}

function PasskeyRow({ passkey, onRename, onRemove }: { readonly passkey: Passkey; readonly onRename: () => void; readonly onRemove: () => void }) {
  const { date } = useFormats();
  return (
    <>
      <span>
        <b>{passkey.name}</b>
        <small>
          {passkey.lastUsedAt === null ? words.you.neverUsed : words.you.lastUsed(date(passkey.lastUsedAt))}
          {passkey.isBackedUp ? '' : `, ${words.you.onThisDeviceOnly}`}
        </small>
      </span>
      <div className={styles['buttons']}>
        <button type="button" className="btn compact" aria-label={words.you.renamePasskey(passkey.name)} onClick={onRename}>
          {words.you.rename}
        </button>
        <button type="button" className="btn compact" aria-label={words.you.removePasskey(passkey.name)} onClick={onRemove}>
          {words.you.remove}
        </button>
      </div>
    </>
  );
}

function Renaming({ passkey, onSave, onCancel }: { readonly passkey: Passkey; readonly onSave: (name: string) => void; readonly onCancel: () => void }) {
  const [name, setName] = useState(passkey.name);
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') onSave(name.trim());
  };
  return (
    <form className={styles['beside']} onSubmit={save}>
      <input ref={focusOnShow} required maxLength={60} aria-label={words.you.passkeyNewName(passkey.name)} value={name} onChange={(event) => setName(event.target.value)} />
      <button type="submit" className="btn compact">
        {words.you.saveName}
      </button>
      <button type="button" className="btn compact quiet" onClick={onCancel}>
        {words.cancel}
      </button>
    </form>
  );
}
