/** The rest of what is kept of a contact: how and when to reach them, their groups, and who may see them at all. */
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import type { ContactDetails } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { membersQuery } from '../members/members-queries.ts';
import styles from './contact-form.module.css';
import { groupsQuery } from './contact-queries.ts';
import { weekdayName } from './fact-words.ts';
import { placeOf } from './local-time-policy.ts';

interface MoreFieldsProps {
  readonly draft: ContactDetails;
  readonly onSet: (change: Partial<ContactDetails>) => void;
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const CONSENTS = ['unknown', 'given', 'withdrawn'] as const;
const zones = Intl.supportedValuesOf('timeZone');

export function MoreFields({ draft, onSet }: MoreFieldsProps) {
  const id = useId();
  const orNull = (text: string): string | null => (text === '' ? null : text);
  return (
    <>
      <div className={styles['field']}>
        <label htmlFor={`${id}-email`}>{words.contacts.facts.email}</label>
        <input id={`${id}-email`} type="email" value={draft.email ?? ''} maxLength={254} autoComplete="off" onChange={(event) => onSet({ email: orNull(event.target.value) })} />
      </div>
      <div className={styles['field']}>
        <label htmlFor={`${id}-born`}>{words.contacts.facts.birthDate}</label>
        <input id={`${id}-born`} type="date" value={draft.birthDate ?? ''} onChange={(event) => onSet({ birthDate: orNull(event.target.value) })} />
      </div>
      <div className={styles['field']}>
        <label htmlFor={`${id}-zone`}>{words.contacts.form.zone}</label>
        <select id={`${id}-zone`} value={draft.timeZone ?? ''} onChange={(event) => onSet({ timeZone: orNull(event.target.value) })}>
          <option value="">{words.contacts.form.practicesZone}</option>
          {(draft.timeZone === null || zones.includes(draft.timeZone) ? zones : [draft.timeZone, ...zones]).map((zone) => (
            <option key={zone} value={zone}>
              {placeOf(zone)} ({zone})
            </option>
          ))}
        </select>
      </div>
      <div className={styles['field']}>
        <label htmlFor={`${id}-texts`}>{words.contacts.form.consent}</label>
        <select id={`${id}-texts`} value={draft.textConsent.state} onChange={(event) => onSet({ textConsent: { state: event.target.value as (typeof CONSENTS)[number], at: event.target.value === 'unknown' ? null : new Date().toISOString() } })}>
          {CONSENTS.map((state) => (
            <option key={state} value={state}>
              {words.contacts.texts[state]}
            </option>
          ))}
        </select>
      </div>
      <PreferredTimes draft={draft} onSet={onSet} />
      <Groups draft={draft} onSet={onSet} />
      <KeptTo draft={draft} onSet={onSet} />
    </>
  );
}

function PreferredTimes({ draft: { preferredTimes }, onSet }: MoreFieldsProps) {
  const change = (at: number, part: Partial<ContactDetails['preferredTimes'][number]>): void => onSet({ preferredTimes: preferredTimes.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  return (
    <fieldset className={styles['set']}>
      <legend>{words.contacts.form.preferredTitle}</legend>
      {preferredTimes.map(({ weekdays, from, until }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- times are told apart by their place alone
        <div key={index} className={styles['time']} role="group" aria-label={words.contacts.form.preferredDays(index)}>
          {WEEKDAYS.map((weekday) => (
            <label key={weekday} className={styles['check']}>
              <input
                type="checkbox"
                checked={weekdays.includes(weekday)}
                // A time without a day would be none.
                disabled={weekdays.length === 1 && weekdays[0] === weekday}
                onChange={() => change(index, { weekdays: weekdays.includes(weekday) ? weekdays.filter((each) => each !== weekday) : [...weekdays, weekday].sort((one, other) => one - other) })}
              />
              {weekdayName(weekday)}
            </label>
          ))}
          <input type="time" required aria-label={words.contacts.form.preferredFrom(index)} value={from} onChange={(event) => change(index, { from: event.target.value })} />
          <input type="time" required aria-label={words.contacts.form.preferredUntil(index)} value={until} onChange={(event) => change(index, { until: event.target.value })} />
          <button type="button" className="iconbtn" aria-label={words.contacts.form.removePreferred(index)} onClick={() => onSet({ preferredTimes: preferredTimes.filter((_one, at) => at !== index) })}>
            <X />
          </button>
        </div>
      ))}
      <button type="button" className="btn compact" disabled={preferredTimes.length >= 14} onClick={() => onSet({ preferredTimes: [...preferredTimes, { weekdays: [1, 2, 3, 4, 5], from: '12:00', until: '14:00' }] })}>
        <Plus className="small" />
        {words.contacts.form.addPreferred}
      </button>
    </fieldset>
  );
}

function Groups({ draft: { groupIds }, onSet }: MoreFieldsProps) {
  const groups = useQuery(groupsQuery).data ?? [];
  const [name, setName] = useState('');
  const [hasFailed, setFailed] = useState(false);
  const add = async (): Promise<void> => {
    if (name.trim() === '') return;
    try {
      const group = await api.contacts.groups.add({ name: name.trim() });
      await queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey });
      onSet({ groupIds: [...groupIds, group.id] });
      setName('');
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <fieldset className={styles['set']}>
      <legend>{words.contacts.form.groups}</legend>
      {groups.map((group) => (
        <label key={group.id} className={styles['check']}>
          <input type="checkbox" checked={groupIds.includes(group.id)} onChange={() => onSet({ groupIds: groupIds.includes(group.id) ? groupIds.filter((each) => each !== group.id) : [...groupIds, group.id] })} />
          {group.name}
        </label>
      ))}
      <span className={styles['new']}>
        <input aria-label={words.contacts.form.newGroup} placeholder={words.contacts.form.newGroup} maxLength={60} value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        <button type="button" className="btn compact" onClick={() => void add()}>
          <Plus className="small" />
          {words.contacts.form.addGroup}
        </button>
      </span>
      {hasFailed ? <p role="alert">{words.contacts.form.saveFailed}</p> : null}
    </fieldset>
  );
}

function KeptTo({ draft: { keptTo }, onSet }: MoreFieldsProps) {
  const members = useQuery(membersQuery).data ?? [];
  const physicians = members.filter(({ id, roles, isDisabled }) => keptTo.includes(id) || (roles.includes('physician') && !isDisabled));
  if (physicians.length < 2 && keptTo.length === 0) return null;
  return (
    <fieldset className={styles['set']}>
      <legend>{words.contacts.form.keptToTitle}</legend>
      <p>{keptTo.length === 0 ? words.contacts.form.everyone : words.contacts.form.keptToSome}</p>
      {physicians.map(({ id, name }) => (
        <label key={id} className={styles['check']}>
          <input type="checkbox" checked={keptTo.includes(id)} onChange={() => onSet({ keptTo: keptTo.includes(id) ? keptTo.filter((each) => each !== id) : [...keptTo, id] })} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
