/** A practice for somebody else: its place, and its first admin's name. Ends in the link that the operator hands over. */
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { Link } from '../../router/link.tsx';
import { focusOnShow } from '../../ui/focus-on-show.ts';
import { FormActs } from '../../ui/form-acts.tsx';
import { listCountries, listZones, zonesOf } from '../set-up/places.ts';
import { guessZone } from '../set-up/place-guess-policy.ts';
import { useSession } from '../sign-in/use-session.ts';
import styles from './practices-section.module.css';

export interface NewPracticeProps {
  readonly onMade: (made: { readonly name: string; readonly link: string }) => void;
  readonly onClose: () => void;
}

export function NewPractice({ onMade, onClose }: NewPracticeProps) {
  const { practice: mine } = useSession();
  const [countries] = useState(listCountries);
  const [zones] = useState(() => listZones(mine.timeZone));
  const [draft, setDraft] = useState({ name: '', country: mine.country, timeZone: mine.timeZone, adminName: '' });
  const [trouble, setTrouble] = useState<string | null>(null);
  const make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      const { link } = await api.practices.create({ ...draft, name: draft.name.trim(), adminName: draft.adminName.trim() });
      onMade({ name: draft.name.trim(), link });
    } catch (error) {
      setTrouble(isRefusal(error, 'COUNTRY_UNKNOWN') || isRefusal(error, 'TIME_ZONE_UNKNOWN') ? words.setUp.notAccepted : words.you.failed);
    }
  };
  return (
    <form className={`card ${styles['make']}`} aria-label={words.practices.make} onSubmit={(event) => void make(event)}>
      <p>
        {words.practices.makeText} {words.practices.mine}: <Link to="/set-up">{words.practices.mineNext}</Link>.
      </p>
      <label>
        <span>{words.practices.name}</span>
        <input ref={focusOnShow} required maxLength={120} autoComplete="off" value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
      </label>
      <label>
        <span>{words.practices.adminName}</span>
        <input required maxLength={120} autoComplete="off" value={draft.adminName} onChange={(event) => setDraft({ ...draft, adminName: event.target.value })} />
      </label>
      <label>
        <span>{words.practices.country}</span>
        <select value={draft.country} onChange={({ target: { value } }) => setDraft({ ...draft, country: value, timeZone: guessZone(value, { timeZone: draft.timeZone, zonesOf }) })}>
          {countries.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{words.practices.timeZone}</span>
        <select value={draft.timeZone} onChange={(event) => setDraft({ ...draft, timeZone: event.target.value })}>
          {[...new Set([...zonesOf(draft.country), ...zones])].map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      </label>
      <p role="alert">{trouble}</p>
      <FormActs onLeave={onClose}>
        {words.practices.makeIt}
      </FormActs>
    </form>
  );
}
