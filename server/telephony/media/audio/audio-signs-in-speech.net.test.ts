/** The detectors against people: Debian's recorded prompts in five languages, through G.711, noise and loss. Prints its confusion table; only the greeting may be heard in speech, since long speech is one. Every tenth clip; all two hours of them with `QUIETLINE_TEST_SPEECH=whole`. */
import { describe, expect, test } from 'vitest';
import type { AudioSign } from '../media-port.ts';
import { createChance, framesThrough, speechLanguages, spokenClips, type Line } from '../testing/recorded-speech.ts';
import { createAudioSigns } from './audio-signs-machine.ts';
import { createDtmfDetector } from './dtmf-detector-machine.ts';

/** The same ones each time, so that what fails once fails again. */
const ONE_IN = process.env['QUIETLINE_TEST_SPEECH'] === 'whole' ? 1 : 10;
const lines: Readonly<Record<string, Line>> = { clean: {}, 'noise, 5 % lost': { noiseDb: -45, lossShare: 0.05 } };
const signsOfTones = ['not-in-service-tones', 'network-busy-tones', 'announcement-tones', 'busy-tone', 'reorder-tone', 'beep'] as const;

describe.each(speechLanguages)('recorded speech: %s', (language) => {
  test.each(Object.keys(lines))('holds no tone and no key, %s', (lineName) => {
    const counts = new Map<AudioSign | 'key', number>();
    let frames = 0;
    for (const { samples } of spokenClips(language).filter((_clip, index) => index % ONE_IN === 0)) {
      const signs = createAudioSigns('answered', 'US');
      const keys = createDtmfDetector();
      const padded = new Int16Array(samples.length + 1_600);
      padded.set(samples);
      for (const frame of framesThrough(padded, lines[lineName]!, createChance(7))) {
        frames += 1;
        const sign = signs.hear(frame);
        if (sign !== undefined) counts.set(sign, (counts.get(sign) ?? 0) + 1);
        if (frame !== undefined && keys.hear(frame) !== undefined) counts.set('key', (counts.get('key') ?? 0) + 1);
      }
    }
    process.stdout.write(`${language}, ${lineName}: ${Math.round(frames / 3_000)} min; ${[...signsOfTones, 'key', 'long-greeting', 'initial-silence'].map((sign) => `${sign} ${counts.get(sign as AudioSign) ?? 0}`).join(', ')}\n`);
    expect(frames).toBeGreaterThan((20 * 60 * 50) / ONE_IN / 2);
    expect(signsOfTones.map((sign) => [sign, counts.get(sign) ?? 0])).toEqual(signsOfTones.map((sign) => [sign, 0]));
    expect(counts.get('key') ?? 0).toBe(0);
  });
});
