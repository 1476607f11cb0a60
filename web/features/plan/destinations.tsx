/** Where one may call: home always, what was allowed with its limits, what nobody may, and what members have asked for. */
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { getCountries } from 'libphonenumber-js/min';
import type { AllowedCountry, PlanView } from '#contract/plan.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { membersQuery } from '../members/members-queries.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import type { Money } from './money.ts';
import { planChanged } from './plan-queries.ts';
import styles from './plan-section.module.css';

const USUAL: Pick<AllowedCountry, 'kinds' | 'minutesPerDay'> = { kinds: 'fixed-and-mobile', minutesPerDay: 60 };

export interface DestinationsProps {
  readonly plan: PlanView;
  readonly home: string;
  readonly isAdmin: boolean;
  readonly money: Money;
}

export function Destinations({ plan, home, isAdmin, money }: DestinationsProps) {
  const formats = useFormats();
  const members = useQuery({ ...membersQuery, enabled: plan.requests.length > 0 });
  const [hasFailed, setFailed] = useState(false);
  const nameOf = (country: string): string => formats.country(country) ?? country;
  const set = async (run: () => Promise<PlanView>): Promise<void> => {
    try {
      planChanged(await run());
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  const priceOf = (country: string): string => {
    const rate = plan.countryRates.find((each) => each.country === country);
    if (rate === undefined) return words.plan.priceUnknown;
    return rate.fromMicros === rate.toMicros ? words.plan.aMinute(money(rate.fromMicros)) : words.plan.aMinuteFromTo(money(rate.fromMicros), money(rate.toMicros));
  };

  return (
    <section aria-label={words.plan.destinations}>
      <h2>{words.plan.destinations}</h2>
      <ul className={`card ${styles['places']}`}>
        {plan.requests.map(({ country, memberId, at }) => (
          <li key={country} className={styles['asked']}>
            <span className={styles['place']}>
              <b>{nameOf(country)}</b>
              <small>{words.plan.asked(members.data?.find(({ id }) => id === memberId)?.name ?? words.plan.somebody, formats.dayAndTime(at))}</small>
            </span>
            <span className={styles['price']}>{priceOf(country)}</span>
            {isAdmin ? (
              <span className={styles['acts']}>
                <button type="button" className="btn compact" aria-label={words.plan.allowWhich(nameOf(country))} onClick={() => void set(() => api.plan.allowCountry({ country, ...USUAL }))}>
                  {words.plan.allow}
                </button>
                <button type="button" className="btn compact" aria-label={words.plan.notNowWhich(nameOf(country))} onClick={() => void set(() => api.plan.declineCountry({ country }))}>
                  {words.plan.notNow}
                </button>
              </span>
            ) : null}
          </li>
        ))}
        <li>
          <span className={styles['place']}>
            <b>{home}</b>
            <small>{words.plan.homeText}</small>
          </span>
          <span className={styles['price']}>{words.plan.inThePlan}</span>
          <span>{words.plan.always}</span>
        </li>
        {plan.allowedCountries.map((allowed) => (
          <CountryRow key={allowed.country} allowed={allowed} name={nameOf(allowed.country)} price={priceOf(allowed.country)} isAdmin={isAdmin} set={set} />
        ))}
        <li>
          <span className={styles['place']}>
            <b>{words.plan.premium}</b>
            <small>{words.plan.everyCountry}</small>
          </span>
          <span className={styles['price']} />
          <span>{words.plan.never}</span>
        </li>
      </ul>
      {hasFailed ? (
        <p role="alert" className={styles['trouble']}>
          {words.you.failed}
        </p>
      ) : null}
      {isAdmin ? <AllowCountry plan={plan} onAllow={(country) => void set(() => api.plan.allowCountry({ country, ...USUAL }))} /> : null}
    </section>
  );
}

interface CountryRowProps {
  readonly allowed: AllowedCountry;
  readonly name: string;
  readonly price: string;
  readonly isAdmin: boolean;
  readonly set: (run: () => Promise<PlanView>) => Promise<void>;
}

function CountryRow({ allowed, name, price, isAdmin, set }: CountryRowProps) {
  const [minutes, setMinutes] = useState(String(allowed.minutesPerDay));
  const { country, kinds } = allowed;
  const change = (next: Partial<AllowedCountry>): void => void set(() => api.plan.allowCountry({ ...allowed, ...next }));
  const saveMinutes = (): void => {
    const count = Number(minutes);
    if (Number.isInteger(count) && count >= 1 && count <= 10_000) {
      if (count !== allowed.minutesPerDay) change({ minutesPerDay: count });
    } else setMinutes(String(allowed.minutesPerDay));
  };
  return (
    <li>
      <span className={styles['place']}>
        <b>{name}</b>
        {isAdmin ? (
          <span className={styles['rules']}>
            <select aria-label={words.plan.kindsOf(name)} value={kinds} onChange={(event) => change({ kinds: event.target.value as AllowedCountry['kinds'] })}>
              {(['fixed', 'fixed-and-mobile'] as const).map((each) => (
                <option key={each} value={each}>
                  {words.plan.kinds[each]}
                </option>
              ))}
            </select>
            <label>
              <input type="text" inputMode="numeric" aria-label={words.plan.minutesOf(name)} value={minutes} onChange={(event) => setMinutes(event.target.value)} onBlur={saveMinutes} />
              {words.plan.minutesADay}
            </label>
          </span>
        ) : (
          <small>{words.plan.countryText(words.plan.kinds[kinds], allowed.minutesPerDay)}</small>
        )}
      </span>
      <span className={styles['price']}>{price}</span>
      {isAdmin ? (
        <button type="button" className="btn compact" aria-label={words.plan.stopAllowing(name)} onClick={() => void set(() => api.plan.removeCountry({ country }))}>
          {words.plan.disallow}
        </button>
      ) : (
        <span>{words.plan.allowed}</span>
      )}
    </li>
  );
}

function AllowCountry({ plan, onAllow }: { readonly plan: PlanView; readonly onAllow: (country: string) => void }) {
  const formats = useFormats();
  const { practice } = useSession();
  const [country, setCountry] = useState('');
  const taken = new Set([practice.country, ...plan.allowedCountries.map((each) => each.country)]);
  const names = getCountries()
    .filter((code) => !taken.has(code))
    .flatMap((code) => {
      const name = formats.country(code);
      return name === null ? [] : [{ code, name }];
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, words.language));
  const allow = (event: SubmitEvent): void => {
    event.preventDefault();
    if (country !== '') onAllow(country);
    setCountry('');
  };
  return (
    <form className={styles['row']} onSubmit={allow}>
      <select aria-label={words.plan.chooseCountry} value={country} onChange={(event) => setCountry(event.target.value)}>
        <option value="">{words.plan.chooseCountry}</option>
        {names.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <button type="submit" className="btn" disabled={country === ''}>
        {words.plan.allowCountry}
      </button>
    </form>
  );
}
