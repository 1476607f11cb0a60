/** What a caller hears of voicemail: the emergency sentence, always; then the practice's own recording, or the default in its languages. Reads each clip once; plays nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GreetingLanguage } from '#contract/voicemail.ts';
import { decodeG711, SAMPLE_RATE } from '#server/telephony/index.ts';
import type { VoicemailSounds } from './voicemail-session.ts';

/** Between sentences, and before the beep. */
const BREATH_MS = 400;

const clips = new Map<string, Int16Array>();

function clip(sentence: 'emergency' | 'greeting' | 'farewell' | 'apology', language: GreetingLanguage): Int16Array {
  const name = `${sentence}-${language}`;
  const known = clips.get(name);
  if (known !== undefined) return known;
  const octets = readFileSync(join(import.meta.dirname, 'voices', `${name}.ulaw`));
  const samples = new Int16Array(octets.length);
  decodeG711('PCMU', octets, 0, octets.length, samples);
  clips.set(name, samples);
  return samples;
}

/** `recorded`: the practice's own words, in whatever languages they are. */
export function soundsOf(languages: readonly GreetingLanguage[], recorded: Int16Array | undefined): VoicemailSounds {
  const inEach = (sentence: Parameters<typeof clip>[0]): Int16Array[] => languages.map((language) => clip(sentence, language));
  return {
    greeting: spoken([...inEach('emergency'), ...(recorded === undefined ? inEach('greeting') : [recorded])]),
    farewell: spoken(inEach('farewell')),
    apology: spoken(inEach('apology')),
  };
}

function spoken(sentences: readonly Int16Array[]): Int16Array {
  const breath = (BREATH_MS * SAMPLE_RATE) / 1_000;
  const whole = new Int16Array(sentences.reduce((length, each) => length + each.length + breath, breath));
  let offset = breath;
  for (const each of sentences) {
    whole.set(each, offset);
    offset += each.length + breath;
  }
  return whole;
}
