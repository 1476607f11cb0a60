/** For tests: people who speak five languages (Debian's asterisk-core-sounds packages, 8 kHz), and what a network does to them. Says how to get them where they are missing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeG711, encodeG711 } from '../audio/g711-codec.ts';
import { FRAME_SAMPLES } from '../audio/sample-source.ts';

const ROOT = '/usr/share/asterisk/sounds';
const FOLDERS = { en: 'en_US_f_Allison', es: 'es_MX_f_Allison', fr: 'fr_CA_f_June', it: 'it_IT_m_Carlo', ru: 'ru_RU_f_IvrvoiceRU' } as const;

export type SpeechLanguage = keyof typeof FOLDERS;
export const speechLanguages = Object.keys(FOLDERS) as readonly SpeechLanguage[];

export interface SpokenClip {
  readonly name: string;
  readonly samples: Int16Array;
}

/** No speech at all; `confbridge-leave` is two tones. */
const TONES = /beep|tone|silence|confbridge-leave/;

/** Every sentence of a language, its tones left out. */
export function spokenClips(language: SpeechLanguage): SpokenClip[] {
  const folder = join(ROOT, FOLDERS[language]);
  if (!existsSync(folder)) throw new Error(`${folder} is missing: apt-get install asterisk-core-sounds-${language}-wav`);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wav') && !TONES.test(name))
    .sort()
    .map((name) => ({ name, samples: readSamples(join(folder, name)) }));
}

/** A canonical WAV file of these packages: 44 octets of header, then 16-bit samples. */
function readSamples(path: string): Int16Array {
  const file = readFileSync(path);
  const dataAt = file.indexOf('data') + 8;
  const samples = new Int16Array((file.length - dataAt) >> 1);
  for (let index = 0; index < samples.length; index += 1) samples[index] = file.readInt16LE(dataAt + 2 * index);
  return samples;
}

/** Chance that is the same in every run. */
export function createChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface Line {
  /** dBFS of white noise; undefined for none. */
  readonly noiseDb?: number;
  /** Share of packets that never come. */
  readonly lossShare?: number;
  readonly gainDb?: number;
}

/** The frames as they come out of a telephone network: through G.711, with its noise; undefined is a lost packet. */
export function* framesThrough(samples: Int16Array, { noiseDb, lossShare = 0, gainDb = 0 }: Line, chance: () => number): Generator<Int16Array | undefined> {
  const noise = noiseDb === undefined ? 0 : 32_768 * 10 ** (noiseDb / 20) * Math.sqrt(12);
  const gain = 10 ** (gainDb / 20);
  const octets = new Uint8Array(FRAME_SAMPLES);
  for (let start = 0; start < samples.length; start += FRAME_SAMPLES) {
    const frame = new Int16Array(FRAME_SAMPLES);
    for (let index = 0; index < FRAME_SAMPLES; index += 1) frame[index] = Math.max(-32_768, Math.min(32_767, Math.round((samples[start + index] ?? 0) * gain + (noise === 0 ? 0 : (chance() - 0.5) * noise))));
    encodeG711('PCMU', frame, FRAME_SAMPLES, octets, 0);
    decodeG711('PCMU', octets, 0, FRAME_SAMPLES, frame);
    yield chance() < lossShare ? undefined : frame;
  }
}
