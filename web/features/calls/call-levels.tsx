/** Both sides' loudness as pills, with a word for each: heard, quiet, muted, broken. */
import { useCallback } from 'react';
import { words } from '../../messages/messages.ts';
import styles from './call-levels.module.css';
import { useEngine } from './engine-context.tsx';
import { LevelPills } from './level-pills.tsx';
import { useIsSpeaking } from './use-is-speaking.ts';
import type { Quality } from './quality-policy.ts';

export function CallLevels({ who, quality, isMuted }: { readonly who: string; readonly quality: Quality | null; readonly isMuted: boolean }) {
  const { engine } = useEngine();
  const party = useCallback(() => engine?.media.levels().party ?? 0, [engine]);
  const you = useCallback(() => engine?.media.levels().you ?? 0, [engine]);
  const isPartySpeaking = useIsSpeaking(party);
  const youWord = isMuted ? words.call.youMuted : quality === 'they-may-hear-gaps' || quality === 'gaps-both-ways' ? words.call.youBroken : words.call.youHeard;
  return (
    <div className={styles['levels']}>
      <div className={styles['lane']}>
        <span>
          <b>{who}</b>, {isPartySpeaking ? words.call.speaking : words.call.listening}
        </span>
        <LevelPills className={styles['pills']} count={64} tallest={34} level={party} />
      </div>
      <div className={`${styles['lane']} ${isMuted ? styles['rest'] : ''}`}>
        <span>
          <b>{words.call.you}</b>, {youWord}
        </span>
        <LevelPills className={styles['pills']} count={64} tallest={34} level={you} />
      </div>
    </div>
  );
}
