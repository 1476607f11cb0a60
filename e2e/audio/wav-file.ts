/** WAV files, 16 bit linear, one channel: reading (those still being written too) and writing. Refuses every other coding. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface Recording {
  readonly samples: Int16Array;
  readonly sampleRate: number;
}

const PCM = 1;
const HEADER_BYTES = 44;

/**
 * Reads a recording. A phone that is still recording has not yet written the chunk's length, so a length that is zero
 * or beyond the file's end means "to the end of what stands there now".
 */
export function readRecording(path: string): Recording {
  const file = readFileSync(path);
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('Not a WAV file.');
  }
  let sampleRate = 0;
  let offset = 12;
  while (offset + 8 <= file.length) {
    const name = file.toString('latin1', offset, offset + 4);
    const declaredBytes = file.readUInt32LE(offset + 4);
    const start = offset + 8;
    if (name === 'fmt ') {
      const coding = [file.readUInt16LE(start), file.readUInt16LE(start + 2), file.readUInt16LE(start + 14)];
      if (coding[0] !== PCM || coding[1] !== 1 || coding[2] !== 16) throw new Error(`Not 16 bit mono PCM: ${coding.join('/')}`);
      sampleRate = file.readUInt32LE(start + 4);
    }
    if (name === 'data') {
      const availableBytes = file.length - start;
      const bytes = declaredBytes === 0 || declaredBytes > availableBytes ? availableBytes : declaredBytes;
      const samples = new Int16Array(bytes >> 1);
      for (let index = 0; index < samples.length; index++) samples[index] = file.readInt16LE(start + 2 * index);
      return { samples, sampleRate };
    }
    offset = start + declaredBytes + (declaredBytes & 1);
  }
  return { samples: new Int16Array(0), sampleRate };
}

export function writeRecording(path: string, recording: Recording): void {
  const dataBytes = recording.samples.length * 2;
  const file = Buffer.alloc(HEADER_BYTES + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(recording.sampleRate, 24);
  file.writeUInt32LE(recording.sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  recording.samples.forEach((sample, index) => file.writeInt16LE(sample, HEADER_BYTES + 2 * index));
  writeFileSync(path, file);
}
