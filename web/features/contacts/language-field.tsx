/** The language of a contact, chosen by its name: a code is what an interpreter and a spoken message are found by. */
import { words } from '../../messages/all-words.ts';
import { namedLanguages } from './fact-words.ts';

interface LanguageFieldProps {
  readonly id: string;
  /** BCP 47. */
  readonly language: string | null;
  readonly onChoose: (language: string | null) => void;
}

export function LanguageField({ id, language, onChoose }: LanguageFieldProps) {
  return (
    <select id={id} value={language ?? ''} onChange={(event) => onChoose(event.target.value === '' ? null : event.target.value)}>
      <option value="">{words.contacts.form.noLanguage}</option>
      {/* One that came with a file may be none of these, and stays. */}
      {namedLanguages(language === null ? [] : [language]).map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
