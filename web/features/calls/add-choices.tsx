/** Whom one may add to a call: the practice's interpreter services, the contact's other numbers, any number. Dials nobody itself. */
import { useQuery } from '@tanstack/react-query';
import { Languages, Phone, Search, Smartphone, Users, type LucideIcon } from 'lucide-react';
import { type ReactNode, type SubmitEvent, useEffect, useId, useState } from 'react';
import { findEmergencyNumber } from '#contract/emergency-numbers.ts';
import { servicesFor } from '#contract/call-parties.ts';
import type { CallView, PartyRole } from '#contract/calls.ts';
import type { E164 } from '#contract/ids.ts';
import type { InterpreterServiceView } from '#contract/interpreters.ts';
import { words } from '../../messages/all-words.ts';
import { Link } from '../../router/link.tsx';
import { useShown } from '../at-hand/use-shown.ts';
import { contactByNumberQuery, nameOf } from '../contacts/contact-queries.ts';
import { languageName } from '../contacts/fact-words.ts';
import { interpretersQuery } from '../interpreters/interpreter-queries.ts';
import { useSession } from '../sign-in/use-session.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { soundEmergencyAlarm } from './emergency-alarm.ts';
import { useEngine } from './engine-context.tsx';
import type { PartyWanted } from './page-calls.ts';
import styles from './parties-panel.module.css';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

const roles: readonly PartyRole[] = ['family', 'interpreter', 'other'];

export interface AddChoicesProps {
  readonly call: CallView;
  readonly who: string;
  readonly isApart: boolean;
  readonly onApart: (isApart: boolean) => void;
}

export function AddChoices({ call, who, isApart, onApart }: AddChoicesProps) {
  const { calls, ask } = useEngine();
  const { practice, roles: mine } = useSession();
  const shown = useShown();
  const { formatOpenly } = usePhoneNumbers();
  const services = useQuery(interpretersQuery);
  const contacts = useQuery({ ...contactByNumberQuery(call.number as E164), enabled: call.number.startsWith('+') });
  const text = words.callParties;
  const contact = contacts.data?.[0]?.details;
  const isBusy = calls.adding !== null || !calls.isLinked;
  const add = (whom: PartyWanted): void => ask({ type: 'add-party-asked', callId: call.id, whom, isApart });
  const there = new Set(call.parties.filter(({ state }) => state !== 'gone').map(({ number }) => number as string));
  const fitting = servicesFor(services.data ?? [], contact?.language ?? null);
  const others = (contact?.numbers ?? []).filter(({ number }) => !there.has(number));

  return (
    <>
      <Refusal call={call} />
      <ul className={styles['choices']}>
        {fitting.map((service, index) => (
          <Choice key={service.id} Icon={Languages} name={service.name} text={languagesOf(service, contact?.language ?? null)} isMain={index === 0} isDisabled={isBusy || there.has(service.number)} onCall={() => add({ kind: 'interpreter', serviceId: service.id })} />
        ))}
        {services.isSuccess && fitting.length === 0 ? (
          <li className={styles['none']}>
            {text.noServices}{' '}
            {mine.includes('practice-admin') ? (
              <Link to="/settings/practice">
                {text.setUpServices}
              </Link>
            ) : null}
          </li>
        ) : null}
        {others.map(({ number, label }) => (
          <Choice key={number} Icon={Users} name={`${contact === undefined ? '' : shown.name(nameOf(contact))}, ${words.contacts.labels[label]}`} text={shown.number(number)} isMain={false} isDisabled={isBusy} onCall={() => add({ kind: 'number', to: number, role: label === 'family' ? 'family' : 'other' })} />
        ))}
        <SomeoneElse country={practice.country} isDisabled={isBusy} onCall={(to, role) => add({ kind: 'number', to, role })} />
      </ul>
      <label className={styles['apart']}>
        <input type="checkbox" checked={isApart} onChange={(event) => onApart(event.target.checked)} />
        <span>
          <b>{text.speakFirst}</b> {text.speakFirstText(who)}
        </span>
      </label>
      <p className={styles['foot']}>
        <Smartphone />
        <span>
          {text.theySee} <b>{call.line.name}, {formatOpenly(call.line.number)}</b>
        </span>
      </p>
    </>
  );
}

function languagesOf({ languages }: InterpreterServiceView, wanted: string | null): string {
  const text = words.callParties;
  if (languages.length === 0) return text.interpreterAny;
  const primary = wanted?.split('-')[0];
  const sorted = languages.toSorted((one, other) => Number(other.split('-')[0] === primary) - Number(one.split('-')[0] === primary));
  return text.interpreterFor(new Intl.ListFormat(words.language).format(sorted.map(languageName)));
}

interface ChoiceProps {
  readonly Icon: LucideIcon;
  readonly name: string;
  readonly text: string;
  readonly isMain: boolean;
  readonly isDisabled: boolean;
  readonly onCall: () => void;
}

function Choice({ Icon, name, text, isMain, isDisabled, onCall }: ChoiceProps) {
  return (
    <li>
      <span className={styles['tile']}>
        <Icon />
      </span>
      <span className={styles['name']}>
        <b>{name}</b>
        <small>{text}</small>
      </span>
      <CallButton label={words.callParties.callWhom(name)} isMain={isMain} isDisabled={isDisabled} onPress={onCall} />
    </li>
  );
}

function CallButton({ label, isMain, isDisabled, onPress, type = 'button' }: { readonly label: string; readonly isMain: boolean; readonly isDisabled: boolean; readonly onPress?: () => void; readonly type?: 'button' | 'submit' }): ReactNode {
  return (
    <button type={type} className={isMain ? styles['main'] : styles['plain']} aria-label={label} disabled={isDisabled} onClick={onPress}>
      <Phone className="small" />
      {words.callParties.call}
    </button>
  );
}

function SomeoneElse({ country, isDisabled, onCall }: { readonly country: string; readonly isDisabled: boolean; readonly onCall: (to: string, role: PartyRole) => void }) {
  const [number, setNumber] = useState('');
  const [role, setRole] = useState<PartyRole>('family');
  const [stopped, setStopped] = useState<string | null>(null);
  const id = useId();
  const text = words.callParties;
  const spoken = stopped === null ? null : words.emergency.spoken(stopped.split('').join(' '));
  useEffect(() => (spoken === null ? undefined : soundEmergencyAlarm(spoken, words.language)), [spoken]);
  const call = (event: SubmitEvent): void => {
    event.preventDefault();
    if (number.trim() === '') return document.getElementById(id)?.focus();
    // Seen and heard at once, and never asked of the server.
    const emergency = findEmergencyNumber(number, country);
    setStopped(emergency);
    if (emergency === null) onCall(number, role);
  };
  return (
    <li>
      <span className={styles['tile']}>
        <Search />
      </span>
      <form className={styles['else']} aria-label={text.someoneElse} onSubmit={call}>
        <b>{text.someoneElse}</b>
        <input id={id} type="tel" maxLength={128} autoComplete="off" aria-label={text.numberLabel} placeholder={text.numberLabel} value={number} onChange={(event) => setNumber(event.target.value)} />
        <select aria-label={text.roleLabel} value={role} onChange={(event) => setRole(event.target.value as PartyRole)}>
          {roles.map((each) => (
            <option key={each} value={each}>
              {text.roles[each]}
            </option>
          ))}
        </select>
        <CallButton type="submit" label={text.callWhom(text.someoneElse)} isMain={false} isDisabled={isDisabled} />
        {stopped === null ? null : (
          <p role="alert" className={styles['said']}>
            {text.refusals['emergency-number']}
          </p>
        )}
      </form>
    </li>
  );
}

function Refusal({ call }: { readonly call: CallView }) {
  const { addRefused } = useEngine().calls;
  const formats = useFormats();
  if (addRefused?.callId !== call.id) return null;
  const { refusal, detail } = addRefused;
  const place = detail === null || detail.country === null ? null : formats.country(detail.country);
  const retryAt = detail === null || detail.retryAt === null ? null : formats.time(detail.retryAt);
  return (
    <p role="alert" className={styles['said']}>
      {words.callParties.refusals[refusal]} {detail === null || refusal === 'emergency-number' ? null : words.refusalReasons[detail.reason]({ place, retryAt })}
    </p>
  );
}
