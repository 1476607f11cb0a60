/** The sandbox's patients, each with what it does, one tap from a call. */
import { useQuery } from '@tanstack/react-query';
import { Grip, Inbox, MessageCircle, Pause, Phone, PhoneIncoming, PhoneMissed, PhoneOff, Repeat, ShieldQuestionMark, Voicemail, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { SandboxBehaviour } from '#contract/api.ts';
import type { E164 } from '#contract/ids.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { practicePatientsQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { useShown } from '../at-hand/use-shown.ts';
import styles from './practice-patients.module.css';
import { useDial } from './use-dial.ts';

const pictures: Readonly<Record<SandboxBehaviour, LucideIcon>> = {
  talks: MessageCircle,
  echoes: Repeat,
  busy: PhoneOff,
  'never-answers': PhoneMissed,
  mailbox: Voicemail,
  'mailbox-full': Inbox,
  drops: PhoneIncoming,
  screens: ShieldQuestionMark,
  'not-in-service': PhoneMissed,
  announced: MessageCircle,
  declines: PhoneMissed,
  holds: Pause,
  'reads-keys-back': Grip,
  'speaks-spanish': MessageCircle,
};

/** `isCompact`: two columns without numbers, so that the calls below are in sight. */
export function PracticePatients({ isCompact }: { readonly isCompact: boolean }) {
  const patients = useQuery(practicePatientsQuery);
  const shown = useShown();
  const dial = useDial();
  const [news, setNews] = useState('');
  const callBack = async (number: E164, who: string): Promise<void> => {
    setNews(words.voicemail.sandbox.calling(who));
    try {
      await api.sandbox.callBack({ number });
    } catch (error) {
      setNews(isRefusal(error, 'NO_LINE') ? words.voicemail.sandbox.failed : words.serverAway.title);
    }
  };
  if (patients.isPending || patients.data?.length === 0) return null;
  return (
    <section className={`card ${styles['patients']} ${isCompact ? styles['compact'] : ''}`} aria-label={words.home.patientsTitle}>
      <h2>{words.home.patientsTitle}</h2>
      <p>{patients.isError && patients.data === undefined ? words.home.patientsFailed : words.home.patientsText}</p>
      <ul>
        {(patients.data ?? []).map((patient) => {
          const Picture = pictures[patient.behaviour];
          return (
            <li key={patient.number}>
              <button type="button" onClick={() => dial({ to: patient.number, partyName: patient.name })}>
                <span className={styles['tile']}>
                  <Picture />
                </span>
                <span className={styles['who']}>
                  <span className="sr">{words.home.call('')}</span>
                  <b>{shown.name(patient.name)}</b>
                  <small>{words.home.behaviours[patient.behaviour]}</small>
                </span>
                <span className={styles['digits']}>{shown.number(patient.number)}</span>
                <Phone className={styles['phone']} />
              </button>
              {patient.callsBack ? (
                <button type="button" className={styles['back']} onClick={() => void callBack(patient.number, shown.name(patient.name))}>
                  <PhoneIncoming className="small" />
                  {words.voicemail.sandbox.callBack(shown.shortName(patient.name))}
                </button>
              ) : null}
            </li>
          );
        })}
      </ul>
      <p role="status">{news}</p>
    </section>
  );
}
