import { beforeAll, describe, expect, it } from 'vitest';
import { type Language, languageNames } from './languages.ts';
import { loadAllWords, loadWords, type Messages } from './messages.ts';

/** A sentence with facts is asked with each of these; what it does with them has to be the same in every language. */
const probes: readonly (readonly unknown[])[] = [
  ['⟦a⟧', '⟦b⟧', '⟦c⟧'],
  [1, 1, 1],
  [4321, 5432, 6543],
  [8765, null, null],
  [factsNamed((name) => `⟦${name}⟧`)],
  [factsNamed((name) => (name === 'who' || name === 'line' ? `⟦${name}⟧` : null))],
];

/** Facts of any name; as a text it is nothing. */
function factsNamed(fact: (name: string) => string | null): object {
  return new Proxy({}, { get: (_target, key) => (key === Symbol.toPrimitive ? () => '' : typeof key === 'string' ? fact(key) : undefined) });
}

/** Every text of a tree by its path; a sentence with facts once for each probe. */
function textsOf(tree: unknown, path: string, found = new Map<string, string>()): Map<string, string> {
  if (typeof tree === 'string') found.set(path, tree);
  else if (typeof tree === 'function') probes.forEach((probe, index) => textsOf((tree as (...facts: readonly unknown[]) => unknown)(...probe), `${path}(${index})`, found));
  else for (const [key, value] of Object.entries(tree as object)) textsOf(value, path === '' ? key : `${path}.${key}`, found);
  return found;
}

/** What the announcement says to a patient is not what we say to the member. */
const withoutQuoted = (text: string): string => text.replaceAll(/[“«][^”»]*[”»]/g, '');

/** The facts that stand in a text: the marks, and the numbers of the probes. */
const factsIn = (text: string): string => [...new Set(text.match(/⟦\w+⟧|4321|5432|6543|8765/g))].sort().join(' ');

const everyLanguage = Object.keys(languageNames) as Language[];
const others = everyLanguage.filter((language) => language !== 'en');
const texts = {} as Record<Language, Map<string, string>>;
const trees = {} as Record<Language, Messages>;
beforeAll(async () => {
  for (const language of everyLanguage) {
    await loadWords(language);
    trees[language] = await loadAllWords();
    texts[language] = textsOf(trees[language], '');
  }
});

/** The same word in both languages, by right. */
const sameInSpanish = new Set(['Quietline', 'Audio', 'A4', 'No', 'No.', 'Plan']);

describe('the sentences of every language', () => {
  it.each(everyLanguage)('say of themselves that they are %s', (language) => {
    expect(trees[language].language).toBe(language);
  });

  it.each(others)('are all there in %s, and no more', (language) => {
    expect([...texts[language].keys()].sort()).toEqual([...texts.en.keys()].sort());
  });

  it.each(others)('mention the same facts in %s as in English', (language) => {
    const differing = [...texts.en].filter(([path, text]) => factsIn(text) !== factsIn(texts[language].get(path) ?? '')).map(([path, text]) => `${path}: “${text}” and “${texts[language].get(path)}”`);
    expect(differing).toEqual([]);
  });

  it.each(everyLanguage)('keep the voice in %s: nobody is shouted at, begged or congratulated, and quotation marks are printed ones', (language) => {
    const loud = [...texts[language]].filter(([, text]) => /[!¡"']|\b(please|sorry|oops|successfully|por favor|lo sentimos|con éxito|exitosamente)\b/i.test(withoutQuoted(text)));
    expect(loud).toEqual([]);
  });

  it('are translated: no text in Spanish is the English one, but for words that are the same in both', () => {
    const left = [...texts.es].filter(([path, text]) => /\p{L}/u.test(text.replace(/⟦\w+⟧/g, '')) && text === texts.en.get(path) && !sameInSpanish.has(text) && !/^(PDF, )?⟦\w⟧$|· Quietline$|^PDF, |^\S* ?min \S+ s$/.test(text));
    expect(left).toEqual([]);
  });

  it('hold no English word in the middle of Spanish', () => {
    const mixed = [...texts.es].filter(([, text]) => /\b(the|and|your|is|not|with|was|this|from|call|calls|for|you|of)\b/i.test(text.replace(/⟦\w+⟧/g, '')));
    expect(mixed).toEqual([]);
  });
});
