/** What keeps a live call from being heard on this page, each with its one remedy: a tap for playback, the microphone, no room at the server. */
import { MicOff, ServerOff, Volume2, type LucideIcon } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { useEngine } from './engine-context.tsx';
import styles from './stage-trouble.module.css';

interface Trouble {
  readonly Icon: LucideIcon;
  readonly title: string;
  readonly text: string;
  readonly next: string;
  readonly onNext: () => void;
}

export function StageTrouble({ who }: { readonly who: string }) {
  const { calls, media, engine, ask } = useEngine();
  const { audio } = calls;
  let trouble: Trouble | null = null;
  if (audio.phase === 'failed') {
    const { callId, failure } = audio;
    const sentence =
      failure === 'media-unavailable'
        ? { title: words.call.joinFailedTitle, text: words.call.joinFailedText, next: words.tryAgain }
        : { title: words.microphone[failure].title, text: words.microphoneDuringCall(who), next: words.microphone[failure].next };
    trouble = { Icon: failure === 'media-unavailable' ? ServerOff : MicOff, ...sentence, onNext: () => ask({ type: 'take-asked', callId }) };
  } else if (media.isPlaybackBlocked)
    trouble = { Icon: Volume2, title: words.call.tapToHear, text: words.call.tapToHearText, next: words.call.tapToHear, onNext: () => void engine?.media.resumePlayback() };
  if (trouble === null) return null;
  return (
    <div className={styles['trouble']} role="alert">
      <trouble.Icon className="large" />
      <div>
        <b>{trouble.title}</b>
        <p>{trouble.text}</p>
      </div>
      <button type="button" onClick={trouble.onNext}>
        {trouble.next}
      </button>
    </div>
  );
}
