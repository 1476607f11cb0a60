/** A call for help that was not dialled: seen over everything on the dial pane, and heard. */
import { Phone, TriangleAlert, Volume2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { words } from '../../messages/messages.ts';
import { soundEmergencyAlarm } from './emergency-alarm.ts';
import styles from './emergency-pane.module.css';

export interface EmergencyPaneProps {
  readonly typed: string;
  readonly emergency: string;
  readonly onBack: () => void;
}

/** "9-911" of "9911": the prefix is why it was not seen for what it is. */
const withPrefix = (typed: string, emergency: string): string => (typed.length > emergency.length && typed.endsWith(emergency) ? `${typed.slice(0, -emergency.length)}-${emergency}` : typed);

export function EmergencyPane({ typed, emergency, onBack }: EmergencyPaneProps) {
  const stopped = words.emergency.stopped(withPrefix(typed, emergency));
  const heading = useRef<HTMLHeadingElement>(null);
  // Digit by digit, or a voice reads "nine hundred eleven".
  const spoken = words.emergency.spoken(emergency.split('').join(' '));
  useEffect(() => {
    heading.current?.focus();
    return soundEmergencyAlarm(spoken, words.language);
  }, [spoken]);

  return (
    <section className={styles['pane']} role="alert" aria-label={stopped}>
      <p className={styles['title']}>
        <TriangleAlert />
        {stopped}
      </p>
      <h2 ref={heading} tabIndex={-1}>
        {words.emergency.title(emergency)}
      </h2>
      <p>{words.emergency.text}</p>
      <div className={styles['said']}>
        <Volume2 />
        <span>
          {words.emergency.saidAloud} “{words.emergency.spoken(emergency)}”
        </span>
      </div>
      <dl>
        <div>
          <dt>{words.emergency.stoppedTerm}</dt>
          <dd>{words.emergency.stoppedText}</dd>
        </div>
        <div>
          <dt>{words.emergency.connectedTerm}</dt>
          <dd>{words.emergency.connectedText}</dd>
        </div>
      </dl>
      <div className={styles['acts']}>
        <a className={styles['filled']} href={`tel:${emergency}`}>
          <Phone />
          {words.emergency.openDialler}
        </a>
        <button type="button" onClick={onBack}>
          {words.emergency.back}
        </button>
      </div>
    </section>
  );
}
