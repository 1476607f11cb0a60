/** Reads the patients' voices: G.711 mu-law in WAV, 8 kHz, one channel. Refuses anything else: these files are ours. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeG711 } from '#server/telephony/index.ts';
import type { VoiceName } from './patient-script.ts';

/** Linear samples of a sentence; each file is read once. */
export type VoiceLibrary = (name: VoiceName) => Int16Array;

const MU_LAW = 7;

function decodeVoice(file: Uint8Array, name: VoiceName): Int16Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let offset = 12;
  while (offset + 8 <= file.length) {
    const chunk = view.getUint32(offset, false);
    const length = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (chunk === 0x666d7420 && (view.getUint16(start, true) !== MU_LAW || view.getUint16(start + 2, true) !== 1)) {
      throw new Error(`The voice ${name} is not mono mu-law.`);
    }
    if (chunk === 0x64617461) {
      const samples = new Int16Array(Math.min(length, file.length - start));
      decodeG711('PCMU', file, start, samples.length, samples);
      return samples;
    }
    offset = start + length + (length & 1);
  }
  throw new Error(`The voice ${name} holds no sound.`);
}

export function openVoices(folder: string): VoiceLibrary {
  const read = new Map<VoiceName, Int16Array>();
  return (name) => {
    const known = read.get(name);
    if (known !== undefined) return known;
    const samples = decodeVoice(readFileSync(join(folder, `${name}.wav`)), name);
    read.set(name, samples);
    return samples;
  };
}
