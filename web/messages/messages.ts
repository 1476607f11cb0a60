/** The sentences in the person's language. Chooses once a page load; a second language is one more entry here. */
import { en as enScreens } from './en.ts';
import { enContacts } from './en-contacts.ts';
import { enHandouts } from './en-handouts.ts';
import { enNotes } from './en-notes.ts';

const en = { ...enScreens, notes: enNotes, contacts: enContacts, handouts: enHandouts } as const;

/** Literal texts widened: another language has the same keys, other words. */
type Widened<Tree> = Tree extends string ? string : Tree extends (...facts: infer Facts) => infer Said ? (...facts: Facts) => Widened<Said> : Tree extends readonly (infer Item)[] ? readonly Widened<Item>[] : { readonly [Key in keyof Tree]: Widened<Tree[Key]> };

export type Messages = Widened<typeof en>;

const languages: Readonly<Record<string, Messages>> = { en };

/** The first of the browser's languages that we speak. */
export function chooseMessages(preferred: readonly string[]): Messages {
  for (const language of preferred) {
    const found = languages[language.slice(0, 2).toLowerCase()];
    if (found !== undefined) return found;
  }
  return en;
}

export const words: Messages = chooseMessages(navigator.languages);
