/** The sentences in the person's language: those that sign-in, home and a call say, before any screen; the others where a screen asks for them (all-words.ts). A further language is one more folder, named here. */
import type { enMore } from './en/en-more.ts';
import type { en } from './en/en.ts';
import type { Language } from './languages.ts';
import type { Widened } from './widened.ts';

export type FirstMessages = Widened<typeof en>;
export type MoreMessages = Widened<typeof enMore>;
export type Messages = FirstMessages & MoreMessages;

/** Each is a file of its own for the browser: nobody loads a language they do not read, nor what is said on a screen they do not see. */
const loaders: Readonly<Record<Language, { readonly first: () => Promise<FirstMessages>; readonly more: () => Promise<MoreMessages> }>> = {
  en: { first: async () => (await import('./en/en.ts')).en, more: async () => (await import('./en/en-more.ts')).enMore },
  es: { first: async () => (await import('./es/es.ts')).es, more: async () => (await import('./es/es-more.ts')).esMore },
};

let chosen: Language = 'en';

/** There from the first screen on: main.tsx loads no screen before. Whoever tests a screen's module calls `loadWords` first. */
export let words!: FirstMessages;

export async function loadWords(language: Language): Promise<void> {
  chosen = language;
  words = await loaders[language].first();
}

/** Every sentence of the language that was loaded. */
export async function loadAllWords(): Promise<Messages> {
  const { first, more } = loaders[chosen];
  return { ...(await first()), ...(await more()) };
}
