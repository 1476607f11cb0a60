/** What is left in a mailbox for a member who has recorded nothing: two recordings beside this file. Reads each once; knows no call. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeG711 } from '#server/telephony/index.ts';

const clips = new Map<'en' | 'es', Int16Array>();

/** `language`: the contact's, as somebody typed it: "es-MX", "Spanish"; English where it is another, or unknown. */
export function defaultSpokenMessage(language: string | null): Int16Array {
  const spoken = isSpanish(language) ? 'es' : 'en';
  const known = clips.get(spoken);
  if (known !== undefined) return known;
  const octets = readFileSync(join(import.meta.dirname, 'voices', `default-${spoken}.ulaw`));
  const samples = new Int16Array(octets.length);
  decodeG711('PCMU', octets, 0, octets.length, samples);
  clips.set(spoken, samples);
  return samples;
}

export const isSpanish = (language: string | null): boolean => language !== null && /^(?:es(?:[-_ ]|$)|spa(?:$|nish)|espa|castellano)/i.test(language.trim());
