/** One's passkeys: seen, added on this device, removed; the last way in stays. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Fingerprint } from 'lucide-react';
import { useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { makePasskey } from './passkey-ceremony.ts';
import styles from './more-page.module.css';
import { credentialsQuery } from './your-queries.ts';

const day = (instant: string): string => new Date(instant).toLocaleDateString(words.language, { day: 'numeric', month: 'long', year: 'numeric' });

export function Passkeys() {
  const credentials = useQuery(credentialsQuery);
  const queries = useQueryClient();
  const [news, setNews] = useState<string | null>(null);

  const add = async (): Promise<void> => {
    try {
      const { options } = await api.passkeys.startAdding();
      const made = await makePasskey(options);
      if (!made.ok) return setNews(words.you.passkeyNotAdded);
      queries.setQueryData(credentialsQuery.queryKey, await api.passkeys.finishAdding({ response: made.response, name: words.you.passkeyName(day(new Date().toISOString())) }));
      setNews(words.you.passkeyAdded);
    } catch (error) {
      setNews(isRefusal(error, 'PASSKEY_REFUSED') ? words.you.passkeyNotAdded : words.you.failed);
    }
  };
  const remove = async (passkeyId: string): Promise<void> => {
    try {
      queries.setQueryData(credentialsQuery.queryKey, await api.passkeys.remove({ passkeyId }));
      setNews(null);
    } catch (error) {
      setNews(isRefusal(error, 'LAST_WAY_IN') ? words.you.lastWayIn : words.you.failed);
    }
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
            <span>
              <b>{passkey.name}</b>
              <small>
                {passkey.lastUsedAt === null ? words.you.neverUsed : words.you.lastUsed(day(passkey.lastUsedAt))}
                {passkey.isBackedUp ? '' : `, ${words.you.onThisDeviceOnly}`}
              </small>
            </span>
            <button type="button" className="btn compact" aria-label={words.you.removePasskey(passkey.name)} onClick={() => void remove(passkey.id)}>
              {words.you.remove}
            </button>
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
