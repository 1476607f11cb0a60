/** What time it is where a contact is, with a word of judgement: words first, then the sign. */
import { Moon, Sun } from 'lucide-react';
import type { ContactDetails } from '#contract/contacts.ts';
import { createFormats } from '../../messages/formats.ts';
import { words } from '../../messages/all-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { useSession } from '../sign-in/use-session.ts';
import styles from './contact-detail.module.css';
import { hoursAhead, judgeTime, placeOf } from './local-time-policy.ts';

export function LocalTime({ details }: { readonly details: Pick<ContactDetails, 'timeZone' | 'preferredTimes'> }) {
  const { practice, preferences } = useSession();
  const nowMs = useNow(20_000);
  const timeZone = details.timeZone ?? practice.timeZone;
  const judgement = judgeTime(nowMs, timeZone, details.preferredTimes);
  const time = createFormats({ language: words.language, country: practice.country, timeZone, clock: preferences.clock }).time(nowMs);
  const ahead = hoursAhead(nowMs, timeZone, practice.timeZone);
  const isCaution = judgement === 'outside-hours';
  return (
    <p className={`${styles['local']} ${isCaution ? styles['caution'] : ''}`}>
      {isCaution ? <Moon /> : <Sun />}
      <span>
        {words.contacts.localTime[judgement]({ time, place: placeOf(timeZone) })}
        {ahead === 0 ? '' : ` ${ahead < 0 ? words.contacts.localTime.behind(Math.abs(ahead)) : words.contacts.localTime.ahead(ahead)}`}
      </span>
    </p>
  );
}
