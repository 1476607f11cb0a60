/** The practice's own greeting, from the first word until callers hear it. */
import { longestGreetingS } from '#contract/voicemail.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { encodeSamples } from '../spoken-messages/message-recorder.ts';
import recorderStyles from '../spoken-messages/messages-section.module.css';
import { VoiceRecorder, type KeepProps } from '../spoken-messages/voice-recorder.tsx';

export function RecordGreeting({ onKept }: { readonly onKept: () => void }) {
  const text = words.spokenMessages.section;
  const keep = async (samples: Int16Array) => {
    try {
      await api.answering.recordGreeting({ recording: encodeSamples(samples) });
      onKept();
      return { isKept: true, news: words.voicemail.answering.kept };
    } catch (error) {
      return { isKept: false, news: isRefusal(error, 'NOTHING_SPOKEN') ? text.nothingSpoken : text.failed };
    }
  };
  return <VoiceRecorder recordLabel={words.voicemail.answering.record} isFirstAct={false} longestS={longestGreetingS} onKeep={keep} Keep={UseIt} />;
}

function UseIt({ onKeep, children }: KeepProps) {
  return (
    <div className={recorderStyles['buttons']}>
      <button type="button" className="btn primary" onClick={() => onKeep('')}>
        {words.voicemail.answering.keep}
      </button>
      {children}
    </div>
  );
}
