/** The language chosen on this device, kept in the browser: it must be known before anybody has signed in. Holds nothing of anybody. */
import { chooseLanguage } from './languages.ts';
import { words } from './messages.ts';

const key = 'quietline.language';

/** Null where none was chosen, or where the browser keeps nothing. */
export function readChosenLanguage(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(language: string | null): void {
  try {
    if (language === null) localStorage.removeItem(key);
    else localStorage.setItem(key, language);
  } catch {
    // A browser that keeps nothing speaks its own language.
  }
}

/** The member's setting comes before what the device had; null leaves it to the browser. Loads the page again where that is another language. */
export function followMember(language: string | null): void {
  if (readChosenLanguage() === language) return;
  keep(language);
  // Where the browser kept nothing, another load would change nothing.
  if (readChosenLanguage() === language && chooseLanguage(language, navigator.languages) !== words.language) location.reload();
}
