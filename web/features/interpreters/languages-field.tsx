/** The languages of an interpreter service: chosen by name, one after the other, each with a button that takes it out. None: any language. */
import { X } from 'lucide-react';
import { words } from '../../messages/all-words.ts';
import { languageName, namedLanguages } from '../contacts/fact-words.ts';
import styles from './interpreters-card.module.css';

interface LanguagesFieldProps {
  readonly id: string;
  /** BCP 47. */
  readonly languages: readonly string[];
  readonly onChange: (languages: string[]) => void;
}

export function LanguagesField({ id, languages, onChange }: LanguagesFieldProps) {
  const text = words.callParties.section;
  return (
    <>
      <label htmlFor={id}>{text.languages}</label>
      <select id={id} value="" aria-describedby={`${id}-help`} onChange={(event) => onChange([...languages, event.target.value])}>
        <option value="">{text.addLanguage}</option>
        {namedLanguages([])
          .filter(({ code }) => !languages.includes(code))
          .map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
      </select>
      {languages.length === 0 ? null : (
        <ul className={styles['languages']} aria-label={text.languages}>
          {languages.map((code) => (
            <li key={code}>
              {languageName(code)}
              <button type="button" className="iconbtn" aria-label={text.removeLanguage(languageName(code))} title={text.removeLanguage(languageName(code))} onClick={() => onChange(languages.filter((each) => each !== code))}>
                <X />
              </button>
            </li>
          ))}
        </ul>
      )}
      <small id={`${id}-help`}>{text.languagesHelp}</small>
    </>
  );
}
