/** Starts the page: the person's language first, then the screens. */
import './ui/tokens.css';
import './ui/base.css';
import { readChosenLanguage } from './messages/chosen-language.ts';
import { chooseLanguage } from './messages/languages.ts';
import { loadWords } from './messages/messages.ts';

const language = chooseLanguage(readChosenLanguage(), navigator.languages);
document.documentElement.lang = language;
await loadWords(language);
await import('./app.tsx');
