/**
 * One recording from the first word until it is kept: recorded, listened to, begun again or discarded. What was recorded stays until
 * then. Knows not what it is kept as: whoever shows it says that, and how.
 */
import { Mic, Play, Square } from 'lucide-react';
import { type ComponentType, type ReactNode, useEffect, useRef, useState } from 'react';
import { words } from '../../messages/messages.ts';
import { microphoneFailureFrom } from '../calls/microphone.ts';
import { playSamples, startRecording, type MessageRecorder, type Playback } from './message-recorder.ts';
import me from '../sign-in/me-section.module.css';
import styles from './messages-section.module.css';

type Phase = { readonly at: 'start' } | { readonly at: 'recording'; readonly seconds: number } | { readonly at: 'preparing' } | { readonly at: 'recorded'; readonly samples: Int16Array };

export interface VoiceRecorderProps {
  /** What stands on the button that begins. */
  readonly recordLabel: string;
  readonly isFirstAct: boolean;
  readonly longestS: number;
  /** Keeps the recording and returns what to say of it; `isKept` ends it, otherwise it stays to be tried again. */
  readonly onKeep: (samples: Int16Array, name: string) => Promise<{ isKept: boolean; news: string }>;
  /** What asks how to keep it, around the buttons that stand for every recording. */
  readonly Keep: ComponentType<KeepProps>;
}

export interface KeepProps {
  readonly onKeep: (name: string) => void;
  readonly children: ReactNode;
}

export function VoiceRecorder({ recordLabel, isFirstAct, longestS, onKeep, Keep }: VoiceRecorderProps) {
  const [phase, setPhase] = useState<Phase>({ at: 'start' });
  const [news, setNews] = useState<string | null>(null);
  const [isHearing, setHearing] = useState(false);
  const recorder = useRef<MessageRecorder | null>(null);
  const playback = useRef<Playback | null>(null);
  const text = words.spokenMessages.section;

  useEffect(
    () => () => {
      recorder.current?.cancel();
      playback.current?.stop();
    },
    [],
  );

  const record = async (): Promise<void> => {
    playback.current?.stop();
    setNews(null);
    try {
      recorder.current = await startRecording();
      setPhase({ at: 'recording', seconds: 0 });
    } catch (error) {
      setNews(words.microphone[microphoneFailureFrom(error)].title);
    }
  };
  const stop = async (): Promise<void> => {
    const running = recorder.current;
    recorder.current = null;
    if (running === null) return;
    setPhase({ at: 'preparing' });
    setPhase({ at: 'recorded', samples: await running.stop() });
  };
  useEffect(() => {
    if (phase.at !== 'recording') return;
    const timer = setTimeout(() => {
      if (phase.seconds + 1 >= longestS) void stop();
      else setPhase({ at: 'recording', seconds: phase.seconds + 1 });
    }, 1_000);
    return () => clearTimeout(timer);
  }, [phase, longestS]);

  const hear = (samples: Int16Array): void => {
    if (isHearing) return playback.current?.stop();
    setHearing(true);
    playback.current = playSamples(samples, () => setHearing(false));
  };
  const keep = async (samples: Int16Array, name: string): Promise<void> => {
    const outcome = await onKeep(samples, name);
    if (outcome.isKept) {
      playback.current?.stop();
      setPhase({ at: 'start' });
    }
    setNews(outcome.news);
  };
  const discard = (): void => {
    playback.current?.stop();
    setNews(null);
    setPhase({ at: 'start' });
  };

  return (
    <div className={styles['recorder']}>
      {phase.at === 'start' ? (
        <button type="button" className={isFirstAct ? 'btn primary' : 'btn'} onClick={() => void record()}>
          <Mic />
          {recordLabel}
        </button>
      ) : null}
      {phase.at === 'recording' ? (
        <>
          <p className={styles['running']}>
            <i aria-hidden="true" />
            <span role="status">{text.recording}</span> <time aria-hidden="true">{text.recordingFor(phase.seconds, longestS)}</time>
          </p>
          <button type="button" className="btn primary" onClick={() => void stop()}>
            <Square />
            {text.stop}
          </button>
        </>
      ) : null}
      {phase.at === 'preparing' ? <p role="status">{text.preparing}</p> : null}
      {phase.at === 'recorded' ? (
        <Keep onKeep={(name) => void keep(phase.samples, name)}>
          <button type="button" className="btn" onClick={() => hear(phase.samples)}>
            {isHearing ? <Square /> : <Play />}
            {isHearing ? text.stopListening : text.hearIt}
          </button>
          <button type="button" className="btn" onClick={() => void record()}>
            <Mic />
            {text.again}
          </button>
          <button type="button" className="btn quiet" onClick={discard}>
            {text.discard}
          </button>
        </Keep>
      ) : null}
      <p role="status" className={me['hint']}>
        {news}
      </p>
    </div>
  );
}
