/** Play, pause, and the place in one message. Sound is shown as a bar that is filled, never as a line. */
import { Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CallId } from '#contract/ids.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { clockTime } from '../calls/call-words-policy.ts';
import { createVoicemailPlayer, type PlayerView, type VoicemailPlayer } from './voicemail-player.ts';
import styles from './voicemail.module.css';

export interface VoicemailPlaybackProps {
  readonly callId: CallId;
  readonly durationMs: number;
  readonly who: string;
}

const STEP_MS = 1_000;

export function VoicemailPlayback({ callId, durationMs, who }: VoicemailPlaybackProps) {
  const [view, setView] = useState<PlayerView>({ phase: 'idle', positionMs: 0 });
  const [trouble, setTrouble] = useState<string | null>(null);
  const player = useRef<VoicemailPlayer | null>(null);
  useEffect(
    () => () => {
      player.current?.close();
      player.current = null;
    },
    [callId],
  );

  const theOne = (): VoicemailPlayer =>
    (player.current ??= createVoicemailPlayer(
      (from) => api.voicemail.listen({ callId, from }),
      setView,
      (error) => setTrouble(isRefusal(error, 'VOICEMAIL_NOT_FOUND') ? words.voicemail.gone : isRefusal(error, 'VOICEMAIL_UNREADABLE') ? words.voicemail.unreadable : navigator.onLine ? words.voicemail.playFailed : words.voicemail.noNetwork),
    ));
  const isPlaying = view.phase === 'playing';
  const toggle = (): void => {
    setTrouble(null);
    if (isPlaying) theOne().pause();
    else theOne().play();
  };

  return (
    <div className={styles['playback']}>
      <button type="button" className="btn compact" aria-label={isPlaying ? words.voicemail.pauseWhich(who) : words.voicemail.playWhich(who)} onClick={toggle}>
        {isPlaying ? <Pause className="small" /> : <Play className="small" />}
        {isPlaying ? words.voicemail.pause : words.voicemail.play}
      </button>
      <input
        type="range"
        min={0}
        max={Math.max(STEP_MS, durationMs)}
        step={STEP_MS}
        value={Math.min(durationMs, view.positionMs)}
        aria-label={words.voicemail.position(who)}
        aria-valuetext={clockTime(Math.round(view.positionMs / 1_000))}
        onChange={(event) => theOne().seek(Number(event.target.value))}
      />
      <span className={styles['clock']}>{`${clockTime(Math.floor(view.positionMs / 1_000))} / ${clockTime(Math.round(durationMs / 1_000))}`}</span>
      <p className={styles['said']} role={trouble === null ? 'status' : 'alert'}>
        {trouble ?? (view.phase === 'preparing' ? words.voicemail.preparing : '')}
      </p>
    </div>
  );
}
