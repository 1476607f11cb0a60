/** The sandbox's welcome: check the microphone, then hear a first call. Shown until a first call was made. */
import { useQuery } from '@tanstack/react-query';
import { Mic, Phone } from 'lucide-react';
import { practicePatientsQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { useShown } from '../at-hand/use-shown.ts';
import styles from './first-call.module.css';
import { PlateText } from './line-choice.tsx';
import { MicrophoneCheck } from './microphone-check.tsx';
import { NetworkCheckRow } from './network-check-row.tsx';
import { useDial } from './use-dial.ts';
import { useLines } from './use-lines.ts';

export function FirstCall() {
  const patients = useQuery(practicePatientsQuery);
  const dial = useDial();
  const { name } = useShown();
  const [first] = patients.data ?? [];
  const { shown } = useLines(first?.number ?? '', null);
  return (
    <section className={`card ${styles['hero']}`} aria-label={words.home.firstCallTitle}>
      <h2>{words.home.firstCallTitle}</h2>
      <p>{words.home.firstCallText}</p>
      <MicrophoneCheck className={styles['mic']} levelClassName={styles['levels']} Icon={Mic} />
      <NetworkCheckRow className={styles['mic']} />
      {first === undefined || shown === null ? null : (
        <>
          <div className="plate">
            <PlateText line={shown} lead={words.dial.patientWillSee} />
          </div>
          <button type="button" className="btn primary big wide" onClick={() => dial({ to: first.number, partyName: first.name })}>
            <Phone />
            {words.home.firstCallButton(name(first.name))}
          </button>
        </>
      )}
    </section>
  );
}
