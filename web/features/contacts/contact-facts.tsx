/** What is known of a contact that helps to reach them, and for whom it is kept. */
import { useQuery } from '@tanstack/react-query';
import type { ContactDetails } from '#contract/contacts.ts';
import { linesQuery } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { useMemberNames } from '../members/use-member-names.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './contact-detail.module.css';
import { groupsQuery } from './contact-queries.ts';
import { placeOf } from './local-time-policy.ts';
import { languageName, weekdaysInWords } from './fact-words.ts';

export function ContactFacts({ details, who }: { readonly details: ContactDetails; readonly who: string }) {
  const formats = useFormats();
  const nameOf = useMemberNames();
  const lines = useQuery(linesQuery).data ?? [];
  const groups = useQuery(groupsQuery).data ?? [];
  const { facts } = words.contacts;
  const consent = words.contacts.texts[details.textConsent.state];
  const all: ReadonlyArray<readonly [string, string]> = [
    [facts.preferred, details.preferredTimes.map(({ weekdays, from, until }) => `${weekdaysInWords(weekdays)}, ${formats.clockTime(from)} – ${formats.clockTime(until)}`).join('; ')],
    [facts.timeZone, details.timeZone === null ? '' : placeOf(details.timeZone)],
    [facts.texts, details.textConsent.at === null ? consent : words.contacts.textsSince(consent, formats.date(details.textConsent.at))],
    [facts.language, [details.language === null ? '' : languageName(details.language), details.needsInterpreter ? words.contacts.interpreterNeeded : ''].filter((part) => part !== '').join('. ')],
    [facts.birthDate, details.birthDate === null ? '' : formats.date(`${details.birthDate}T12:00:00Z`)],
    [facts.recordNumber, details.recordNumber ?? ''],
    [facts.email, details.email ?? ''],
    [words.lines.ofContact, lines.find(({ id }) => id === details.lineId)?.name ?? ''],
    [facts.groups, groups.filter(({ id }) => details.groupIds.includes(id)).map(({ name }) => name).join(', ')],
    [facts.tags, details.tags.join(', ')],
    [facts.keptTo, details.keptTo.length === 0 ? '' : details.keptTo.map(nameOf).join(', ')],
  ];
  return (
    <section className={`card ${styles['section']}`} aria-label={words.contacts.howToReach(who)}>
      <h3>{words.contacts.howToReach(who)}</h3>
      <dl className={styles['facts']}>
        {all
          .filter(([, value]) => value !== '')
          .map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
