/** Settings: whether the microphone hears one and the network carries a call, before it matters. Owns neither check. */
import { Mic } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import me from '../sign-in/me-section.module.css';
import { MicrophoneCheck } from './microphone-check.tsx';
import { NetworkCheckRow } from './network-check-row.tsx';
import styles from './sound-section.module.css';

export function SoundSection() {
  const { section } = words.networkCheck;
  return (
    <>
      <h1>{section.title}</h1>
      <p className={me['hint']}>{section.text}</p>
      <section className={`card ${styles['card']}`} aria-label={section.title}>
        <MicrophoneCheck className={styles['row']} levelClassName={styles['levels']} Icon={Mic} />
        <NetworkCheckRow className={styles['row']} />
      </section>
    </>
  );
}
