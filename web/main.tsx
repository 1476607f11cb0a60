/** Starts the page: what it will need is asked for side by side, then the person's language is there, then the screens. */
import './ui/tokens.css';
import './ui/base.css';
import { askForSession } from './api/early-session.ts';
import { readChosenLanguage } from './messages/chosen-language.ts';
import { chooseLanguage } from './messages/languages.ts';
import { loadWords } from './messages/messages.ts';

/** Where nobody has to be signed in: router/screens.ts. */
const isOutside = /^\/(?:sign-in|join|set-up|api)(?:\/|$)/.test(location.pathname);
if (!isOutside) askForSession();
// The screen's own files, which the build has written there (vite.config.ts): on their way while those of every screen still come.
const files = document.querySelector<HTMLTemplateElement>(isOutside ? '#sign-in' : '#home');
if (files !== null) document.head.append(files.content);

async function start(): Promise<void> {
  const language = chooseLanguage(readChosenLanguage(), navigator.languages);
  document.documentElement.lang = language;
  await loadWords(language);
  await import('./app.tsx');
}

// Not awaited here: the screens import what is loaded with this file, and would wait for it for ever.
void start();
