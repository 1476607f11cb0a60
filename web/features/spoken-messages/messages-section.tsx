/** The member's own messages in Settings: recorded, heard, named, chosen for the one tap, deleted. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Play, Square, Voicemail } from 'lucide-react';
import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from 'react';
import type { SpokenMessageView } from '#contract/spoken-messages.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { focusOnShow } from '../../ui/focus-on-show.ts';
import me from '../sign-in/me-section.module.css';
import { useFormats } from '../sign-in/use-formats.ts';
import { decodeSamples, playSamples, type Playback } from './message-recorder.ts';
import { RecordMessage } from './record-message.tsx';
import { chooseMessage, chosenMessage, spokenMessagesQuery } from './spoken-message-queries.ts';
import styles from './messages-section.module.css';

export function MessagesSection() {
  const messages = useQuery(spokenMessagesQuery);
  const queries = useQueryClient();
  const text = words.spokenMessages.section;
  const [news, setNews] = useState<string | null>(null);
  const [hearing, setHearing] = useState<string | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const playback = useRef<Playback | null>(null);
  useEffect(() => () => playback.current?.stop(), []);

  const list = messages.data ?? [];
  const chosen = chosenId ?? chosenMessage(list)?.id;
  const attempt = async (act: () => Promise<unknown>, done: string | null): Promise<void> => {
    try {
      await act();
      await queries.invalidateQueries({ queryKey: spokenMessagesQuery.queryKey });
      setNews(done);
    } catch {
      setNews(text.failed);
    }
  };
  const hear = async (message: SpokenMessageView): Promise<void> => {
    playback.current?.stop();
    if (hearing === message.id) return;
    try {
      const { recording } = await api.spokenMessages.listen({ messageId: message.id });
      setHearing(message.id);
      playback.current = playSamples(decodeSamples(recording), () => setHearing(null));
    } catch {
      setNews(text.failed);
    }
  };
  const choose = (id: string): void => {
    chooseMessage(id);
    setChosenId(id);
  };

  return (
    <>
      <h1>{text.title}</h1>
      <p className={me['hint']}>{text.text}</p>
      <section className={`card ${me['section']}`} aria-label={text.title}>
        {messages.isPending ? <p>{words.loading(text.title)}</p> : null}
        {messages.isError ? <p role="alert">{words.spokenMessages.notLoaded}</p> : null}
        {messages.isSuccess && list.length === 0 ? <p>{text.empty}</p> : null}
        <ul>
          {list.map((message) => (
            <li key={message.id}>
              <Voicemail />
              {renaming === message.id ? (
                <Renaming
                  message={message}
                  onSave={(name) => {
                    setRenaming(null);
                    void attempt(() => api.spokenMessages.rename({ messageId: message.id, name }), null);
                  }}
                  onCancel={() => setRenaming(null)}
                />
              ) : (
                <>
                  <MessageFacts message={message}>
                    {list.length < 2 ? null : (
                      <label className={styles['choice']}>
                        <input type="radio" name="chosen-message" checked={chosen === message.id} onChange={() => choose(message.id)} aria-label={`${text.choose}: ${message.name}`} />
                        {chosen === message.id ? text.chosen : text.choose}
                      </label>
                    )}
                  </MessageFacts>
                  <div className={me['buttons']}>
                    <button type="button" className="btn compact" aria-label={hearing === message.id ? text.stopListening : text.hearName(message.name)} onClick={() => void hear(message)}>
                      {hearing === message.id ? <Square className="small" /> : <Play className="small" />}
                      {hearing === message.id ? text.stop : text.hearIt}
                    </button>
                    <button type="button" className="btn compact" aria-label={text.renameWhich(message.name)} onClick={() => setRenaming(message.id)}>
                      {text.rename}
                    </button>
                    <button type="button" className="btn compact" aria-label={text.deleteWhich(message.name)} onClick={() => void attempt(() => api.spokenMessages.remove({ messageId: message.id }), text.deleted(message.name))}>
                      {text.delete}
                    </button>
                  </div>
                </>
              )}
            </li>
          ))}
        </ul>
        <p role="status">{news}</p>
        <RecordMessage />
      </section>
    </>
  );
}

function MessageFacts({ message, children }: { readonly message: SpokenMessageView; readonly children: ReactNode }) {
  const { date } = useFormats();
  return (
    <span>
      <b>{message.name}</b>
      <small>
        {words.spokenMessages.lasts(Math.max(1, Math.round(message.durationMs / 1_000)))}, {words.spokenMessages.section.recordedOn(date(message.recordedAt))}
      </small>
      {children}
    </span>
  );
}

function Renaming({ message, onSave, onCancel }: { readonly message: SpokenMessageView; readonly onSave: (name: string) => void; readonly onCancel: () => void }) {
  const [name, setName] = useState(message.name);
  const text = words.spokenMessages.section;
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') onSave(name.trim());
  };
  return (
    <form className={me['beside']} onSubmit={save}>
      <input ref={focusOnShow} required maxLength={60} aria-label={text.newName(message.name)} value={name} onChange={(event) => setName(event.target.value)} />
      <button type="submit" className="btn compact">
        {text.save}
      </button>
      <button type="button" className="btn compact quiet" onClick={onCancel}>
        {words.cancel}
      </button>
    </form>
  );
}
