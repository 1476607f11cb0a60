/** What each country's telephone tones sound like (ITU-T E.180 supplement 2): a table, and nothing else. */
import type { ToneSource } from '../media-port.ts';

export type ToneName = ToneSource['tone'];

export interface ToneSpec {
  /** Sounded together, Hz. */
  frequencies: readonly number[];
  /** On, off, on, off ... in ms, repeated; empty means without a break. */
  cadence: readonly number[];
}

interface TonePlan {
  ringback: ToneSpec;
  busy: ToneSpec;
  reorder: ToneSpec;
  'call-waiting': ToneSpec;
}

const tone = (frequencies: readonly number[], ...cadence: readonly number[]): ToneSpec => ({ frequencies, cadence });

/** E.180's own recommendation, and what most of the world plays. */
const RECOMMENDED: TonePlan = {
  ringback: tone([425], 1000, 4000),
  busy: tone([425], 500, 500),
  reorder: tone([425], 250, 250),
  'call-waiting': tone([425], 200, 600, 200, 3000),
};

const NORTH_AMERICA: TonePlan = {
  ringback: tone([440, 480], 2000, 4000),
  busy: tone([480, 620], 500, 500),
  reorder: tone([480, 620], 250, 250),
  'call-waiting': tone([440], 300, 9700),
};

const UNITED_KINGDOM: TonePlan = {
  ringback: tone([400, 450], 400, 200, 400, 2000),
  busy: tone([400], 375, 375),
  reorder: tone([400], 400, 350, 225, 525),
  'call-waiting': tone([400], 100, 4000),
};

/** By ISO 3166-1 alpha-2; a country that is not named plays E.180's recommendation. */
const PLANS: Readonly<Record<string, TonePlan>> = {
  US: NORTH_AMERICA,
  CA: NORTH_AMERICA,
  PR: NORTH_AMERICA,
  GB: UNITED_KINGDOM,
  IE: { ...UNITED_KINGDOM, busy: tone([425], 500, 500), reorder: tone([425], 400, 350, 225, 525) },
  AU: { ringback: tone([400, 425, 450], 400, 200, 400, 2000), busy: tone([425], 375, 375), reorder: tone([425], 375, 375), 'call-waiting': tone([425], 200, 200, 200, 4400) },
  NZ: { ringback: tone([400, 450], 400, 200, 400, 2000), busy: tone([400], 500, 500), reorder: tone([400], 250, 250), 'call-waiting': tone([400], 200, 3000, 200, 3000) },
  DE: { ringback: tone([425], 1000, 4000), busy: tone([425], 480, 480), reorder: tone([425], 240, 240), 'call-waiting': tone([425], 200, 200, 200, 5000) },
  AT: { ringback: tone([420], 1000, 5000), busy: tone([420], 400, 400), reorder: tone([420], 200, 200), 'call-waiting': tone([420], 40, 1950) },
  CH: { ringback: tone([425], 1000, 4000), busy: tone([425], 500, 500), reorder: tone([425], 200, 200), 'call-waiting': tone([425], 200, 200, 200, 4000) },
  FR: { ringback: tone([440], 1500, 3500), busy: tone([440], 500, 500), reorder: tone([440], 250, 250), 'call-waiting': tone([440], 300, 10_000) },
  ES: { ringback: tone([425], 1500, 3000), busy: tone([425], 200, 200), reorder: tone([425], 200, 200, 200, 200, 200, 600), 'call-waiting': tone([425], 175, 175, 175, 3500) },
  IT: { ringback: tone([425], 1000, 4000), busy: tone([425], 500, 500), reorder: tone([425], 200, 200), 'call-waiting': tone([425], 400, 100, 250, 100, 150, 14_000) },
  PT: { ringback: tone([425], 1000, 5000), busy: tone([425], 500, 500), reorder: tone([425], 200, 200), 'call-waiting': tone([425], 200, 200, 200, 5000) },
  BE: { ringback: tone([425], 1000, 3000), busy: tone([425], 500, 500), reorder: tone([425], 167, 167), 'call-waiting': tone([425], 175, 175, 175, 3500) },
  SE: { ringback: tone([425], 1000, 5000), busy: tone([425], 250, 250), reorder: tone([425], 250, 750), 'call-waiting': tone([425], 200, 500, 200, 5000) },
  FI: { ringback: tone([425], 1000, 4000), busy: tone([425], 300, 300), reorder: tone([425], 200, 200), 'call-waiting': tone([425], 150, 150, 150, 8000) },
  JP: { ringback: tone([384, 416], 1000, 2000), busy: tone([400], 500, 500), reorder: tone([400], 500, 500), 'call-waiting': tone([400], 500, 500, 50, 450, 50, 3450) },
  CN: { ringback: tone([450], 1000, 4000), busy: tone([450], 350, 350), reorder: tone([450], 700, 700), 'call-waiting': tone([450], 400, 4000) },
  IN: { ringback: tone([375, 425], 400, 200, 400, 2000), busy: tone([400], 750, 750), reorder: tone([400], 250, 250), 'call-waiting': tone([400], 200, 100, 200, 7500) },
  BR: { ringback: tone([425], 1000, 4000), busy: tone([425], 250, 250), reorder: tone([425], 250, 250, 750, 250), 'call-waiting': tone([425], 50, 1000) },
  MX: { ringback: tone([425], 1000, 4000), busy: tone([425], 250, 250), reorder: tone([425], 250, 250), 'call-waiting': tone([425], 200, 600, 200, 10_000) },
  IL: { ringback: tone([400], 1000, 3000), busy: tone([400], 500, 500), reorder: tone([400], 250, 250), 'call-waiting': tone([400], 150, 10_000) },
  ZA: { ringback: tone([367, 433], 400, 200, 400, 2000), busy: tone([400], 500, 500), reorder: tone([400], 250, 250), 'call-waiting': tone([367, 433], 400, 4000) },
};

/** The tone of a country; 'comfort' is noise and stands in no plan. */
export function toneFor(country: string, name: Exclude<ToneName, 'comfort'>): ToneSpec {
  return (PLANS[country.toUpperCase()] ?? RECOMMENDED)[name];
}
