/** Which languages the screens speak, and which one a person gets. Pure; holds no sentence. */

/** Each by its own name, as whoever looks for it would read it. */
export const languageNames = { en: 'English', es: 'Español' } as const;

export type Language = keyof typeof languageNames;

export const isLanguage = (tag: string): tag is Language => Object.hasOwn(languageNames, tag);

/** The chosen one, else the first of the browser's that we speak, else English. Tags are BCP 47: "es-MX" is Spanish. */
export function chooseLanguage(chosen: string | null, preferred: readonly string[]): Language {
  for (const tag of chosen === null ? preferred : [chosen, ...preferred]) {
    const primary = tag.split('-', 1)[0]?.toLowerCase() ?? '';
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}
