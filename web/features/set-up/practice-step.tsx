/** Step 1: name, country, time zone, guessed where they can be; and what follows from them. Makes nothing yet. */
import { ChevronDown } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { emergencyNumbersOf } from '#contract/emergency-numbers.ts';
import { words } from '../../messages/all-words.ts';
import { guessCountry, guessZone } from './place-guess-policy.ts';
import { exampleNumber, listCountries, listZones, zonesOf, zoneWords } from './places.ts';
import styles from './set-up.module.css';
import { StepFrame } from './step-frame.tsx';
import type { PracticeDraft } from './use-set-up.ts';

const deviceZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

function guessDraft(): PracticeDraft {
  const country = guessCountry({ timeZone: deviceZone, languages: navigator.languages, countries: listCountries().map(({ code }) => code), zonesOf });
  return { name: '', country, timeZone: guessZone(country, { timeZone: deviceZone, zonesOf }) };
}

export interface PracticeStepProps {
  readonly draft: PracticeDraft | null;
  readonly onNext: (draft: PracticeDraft) => void;
  readonly onLeave: () => void;
}

export function PracticeStep({ draft: known, onNext, onLeave }: PracticeStepProps) {
  const [draft, setDraft] = useState<PracticeDraft>(() => known ?? guessDraft());
  const [countries] = useState(listCountries);
  const [zones] = useState(() => listZones(deviceZone));
  const [now] = useState(() => new Date());
  const [isNameMissing, setNameMissing] = useState(false);
  const near = zonesOf(draft.country);
  const countryName = countries.find(({ code }) => code === draft.country)?.name ?? draft.country;

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = draft.name.trim();
    if (name !== '') return onNext({ ...draft, name });
    setNameMissing(true);
    document.getElementById('practice-name')?.focus();
  };

  return (
    <StepFrame step={1} text={words.setUp.practiceText}>
      <form className={styles['form']} onSubmit={submit} noValidate>
        <div className={styles['fields']}>
          <div className={styles['field']}>
            <label htmlFor="practice-name">{words.setUp.name}</label>
            <input id="practice-name" maxLength={120} autoComplete="organization" value={draft.name} aria-invalid={isNameMissing} aria-describedby="practice-name-help" onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
            <small id="practice-name-help" role={isNameMissing ? 'alert' : undefined}>
              {isNameMissing && draft.name.trim() === '' ? words.setUp.nameMissing : words.setUp.nameHelp}
            </small>
          </div>
          <div className={styles['field']}>
            <label htmlFor="practice-country">{words.setUp.country}</label>
            <span className={styles['select']}>
              <select id="practice-country" autoComplete="country" value={draft.country} onChange={({ target: { value } }) => setDraft({ ...draft, country: value, timeZone: guessZone(value, { timeZone: draft.timeZone, zonesOf }) })}>
                {countries.map(({ code, name }) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </select>
              <ChevronDown />
            </span>
          </div>
          <div className={styles['field']}>
            <label htmlFor="practice-zone">{words.setUp.timeZone}</label>
            <span className={styles['select']}>
              <select id="practice-zone" value={draft.timeZone} aria-describedby="practice-zone-help" onChange={(event) => setDraft({ ...draft, timeZone: event.target.value })}>
                {near.length === 0 ? null : (
                  <optgroup label={words.setUp.zonesOf(countryName)}>
                    {near.map((zone) => (
                      <option key={zone} value={zone}>
                        {zoneWords(zone, now)}
                      </option>
                    ))}
                  </optgroup>
                )}
                <optgroup label={words.setUp.zonesElsewhere}>
                  {zones
                    .filter((zone) => !near.includes(zone))
                    .map((zone) => (
                      <option key={zone} value={zone}>
                        {zoneWords(zone, now)}
                      </option>
                    ))}
                </optgroup>
              </select>
              <ChevronDown />
            </span>
            <small id="practice-zone-help">{words.setUp.fromDevice}</small>
          </div>
        </div>
        <WhatFollows country={draft.country} />
        <div className={styles['next']}>
          <button type="submit" className="btn primary big">
            {words.setUp.toSignIn}
          </button>
          <button type="button" className={`btn quiet ${styles['skip']}`} onClick={onLeave}>
            {words.setUp.lookAround}
          </button>
        </div>
      </form>
    </StepFrame>
  );
}

function WhatFollows({ country }: { readonly country: string }) {
  const example = exampleNumber(country);
  return (
    <section className={`card ${styles['shows']}`} aria-label={words.setUp.follows}>
      <h2>{words.setUp.follows}</h2>
      <dl>
        {example === '' ? null : (
          <div>
            <dt>{words.setUp.numbersLookLike}</dt>
            <dd className="nowrap">{example}</dd>
          </div>
        )}
        <div>
          <dt>{words.setUp.stopped}</dt>
          <dd>{words.setUp.stoppedNumbers(emergencyNumbersOf(country).join(', '))}</dd>
        </div>
        {['US', 'CA'].includes(country) ? (
          <div>
            <dt>{words.setUp.connected}</dt>
            <dd>{words.setUp.connectedNumbers}</dd>
          </div>
        ) : null}
        <div>
          <dt>{words.setUp.warned}</dt>
          <dd>{words.setUp.warnedTimes}</dd>
        </div>
      </dl>
    </section>
  );
}
