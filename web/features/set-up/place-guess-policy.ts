/** Guesses a practice's country and time zone from what the browser knows of itself. A guess only: both stand in fields that are changed at will. Pure. */

export interface BrowserFacts {
  /** As the device is set: "America/Chicago". */
  readonly timeZone: string;
  /** The person's languages, best first: "en-US", "de". */
  readonly languages: readonly string[];
  /** Every country one may choose, ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
  /** The zones of a country, the most populous first where the browser sorts so; none where it does not know. */
  readonly zonesOf: (country: string) => readonly string[];
}

const FALLBACK = 'US';

/** Where the clock stands says more than the language, but several countries may share a zone: among them the language decides. */
export function guessCountry({ timeZone, languages, countries, zonesOf }: BrowserFacts): string {
  const spoken = languages.map((language) => language.split('-').at(-1)?.toUpperCase() ?? '').filter((region) => countries.includes(region));
  const here = countries.filter((country) => zonesOf(country).includes(timeZone));
  return spoken.find((region) => here.includes(region)) ?? here[0] ?? spoken[0] ?? FALLBACK;
}

/** The zone that goes with a country just chosen: the device's own, if it is one of that country's. */
export function guessZone(country: string, { timeZone, zonesOf }: Pick<BrowserFacts, 'timeZone' | 'zonesOf'>): string {
  const zones = zonesOf(country);
  return zones.length === 0 || zones.includes(timeZone) ? timeZone : zones[0]!;
}
