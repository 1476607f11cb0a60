import { describe, expect, it } from 'vitest';
import { rms, toneShare, toSound } from './signal.ts';
import { excerpt, isSameSpeech, matchSpeech, repeated, silenceShare } from './speech-match.ts';
import { spokenClip } from './spoken-clips.ts';
import type { Recording } from './wav-file.ts';

const RATE = 8000;
const spoken = excerpt(spokenClip('physician'), 0, 6000);

/** G.711 mu-law there and back, by its definition (ITU-T G.711), so that the judge does not lean on the code it judges. */
function companded(recording: Recording): Recording {
  const samples = recording.samples.map((sample) => {
    const magnitude = Math.min(Math.abs(sample) + 132, 32_767);
    const step = 2 ** (Math.floor(Math.log2(magnitude)) - 4);
    return Math.sign(sample) * (Math.floor(magnitude / step) * step + step / 2 - 132);
  });
  return { samples, sampleRate: recording.sampleRate };
}

function shaped(recording: Recording, change: (sample: number, index: number) => number): Recording {
  return { sampleRate: recording.sampleRate, samples: recording.samples.map(change) };
}

function delayed(recording: Recording, delayMs: number): Recording {
  const samples = new Int16Array(recording.samples.length + (2 * delayMs * recording.sampleRate) / 1000);
  samples.set(recording.samples, (delayMs * recording.sampleRate) / 1000);
  return { samples, sampleRate: recording.sampleRate };
}

/** A linear congruential generator: the same noise in every run. */
function noise(length: number, amplitude: number): Recording {
  let state = 12_345;
  const samples = new Int16Array(length).map(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state / 0x3fffffff - 1) * amplitude;
  });
  return { samples, sampleRate: RATE };
}

const tone = (hertz: number): Recording => ({
  sampleRate: RATE,
  samples: new Int16Array(RATE).map((_, index) => 8000 * Math.sin((2 * Math.PI * hertz * index) / RATE)),
});

describe('the judge of speech', () => {
  it('knows the speech through G.711, a delay and a small gain', () => {
    const match = matchSpeech(spoken, delayed(shaped(companded(spoken), (sample) => sample * 0.7), 700));
    expect(match.offsetMs).toBeCloseTo(700, 0);
    expect(match.intelligibility).toBeGreaterThan(0.95);
    expect(match.segmentalSnrDb).toBeGreaterThan(15);
    expect(isSameSpeech(match)).toBe(true);
  });

  it('knows an excerpt of speech that a microphone loops', () => {
    const heard = excerpt(companded(repeated(spoken, 3)), 4500, 4000);
    expect(isSameSpeech(matchSpeech(repeated(spoken, 2), heard))).toBe(true);
  });

  it('knows the speech at another sampling rate', () => {
    const doubled: Recording = { sampleRate: 16_000, samples: new Int16Array(spoken.samples.length * 2).map((_, index) => spoken.samples[index >> 1]!) };
    expect(isSameSpeech(matchSpeech(spoken, doubled))).toBe(true);
  });

  it('does not take silence for the speech', () => {
    const silence = { samples: new Int16Array(8 * RATE), sampleRate: RATE };
    expect(isSameSpeech(matchSpeech(spoken, silence))).toBe(false);
    expect(silenceShare(silence)).toBe(1);
  });

  it('does not take noise for the speech', () => {
    expect(isSameSpeech(matchSpeech(spoken, noise(8 * RATE, 8000)))).toBe(false);
  });

  it('does not take other speech for the speech', () => {
    for (const who of ['stranger', 'patient'] as const) {
      expect(isSameSpeech(matchSpeech(spoken, companded(spokenClip(who))))).toBe(false);
    }
  });

  it('does not take another part of the same voice for the speech', () => {
    expect(isSameSpeech(matchSpeech(spoken, excerpt(spokenClip('physician'), 9000, 12_000)))).toBe(false);
  });

  it('does not accept speech of which a quarter is missing', () => {
    const holed = shaped(spoken, (sample, index) => (Math.floor(index / 1600) % 4 === 0 ? 0 : sample));
    expect(isSameSpeech(matchSpeech(spoken, delayed(holed, 300)))).toBe(false);
  });

  it('does not accept speech drowned in noise', () => {
    const loud = noise(spoken.samples.length, 12_000);
    expect(isSameSpeech(matchSpeech(spoken, shaped(spoken, (sample, index) => sample / 2 + loud.samples[index]!)))).toBe(false);
  });

  it('finds the speech at most half silent, and a mute whole', () => {
    expect(silenceShare(spoken)).toBeLessThan(0.5);
    expect(rms(toSound(spoken.samples))).toBeGreaterThan(0.01);
  });
});

describe('the detector of tones', () => {
  it('tells one frequency from another and from speech', () => {
    expect(toneShare(toSound(tone(440).samples), RATE, 440)).toBeGreaterThan(0.95);
    expect(toneShare(toSound(tone(440).samples), RATE, 480)).toBeLessThan(0.05);
    expect(toneShare(toSound(spoken.samples), RATE, 440)).toBeLessThan(0.2);
  });
});
