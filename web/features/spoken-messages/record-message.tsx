/** A member's message recorded and given its name. */
import { useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { longestSpokenMessageS } from '#contract/spoken-messages.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import me from '../sign-in/me-section.module.css';
import { encodeSamples } from './message-recorder.ts';
import { spokenMessagesQuery } from './spoken-message-queries.ts';
import { VoiceRecorder, type KeepProps } from './voice-recorder.tsx';

export function RecordMessage() {
  const queries = useQueryClient();
  const text = words.spokenMessages.section;
  const keep = async (samples: Int16Array, name: string) => {
    try {
      await api.spokenMessages.record({ name, recording: encodeSamples(samples) });
      await queries.invalidateQueries({ queryKey: spokenMessagesQuery.queryKey });
      return { isKept: true, news: text.kept };
    } catch (error) {
      return { isKept: false, news: isRefusal(error, 'NOTHING_SPOKEN') ? text.nothingSpoken : isRefusal(error, 'TOO_MANY_MESSAGES') ? text.tooMany : text.failed };
    }
  };
  return <VoiceRecorder recordLabel={text.record} isFirstAct longestS={longestSpokenMessageS} onKeep={keep} Keep={KeepForm} />;
}

function KeepForm({ onKeep, children }: KeepProps) {
  const [name, setName] = useState('');
  const text = words.spokenMessages.section;
  const keep = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') onKeep(name.trim());
  };
  return (
    <form onSubmit={keep}>
      <div className={me['buttons']}>{children}</div>
      <label htmlFor="message-name">{text.name}</label>
      <input id="message-name" required maxLength={60} value={name} onChange={(event) => setName(event.target.value)} aria-describedby="message-name-help" />
      <p id="message-name-help">{text.nameHelp}</p>
      <button type="submit" className="btn primary">
        {text.keep}
      </button>
    </form>
  );
}
