import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioSign, ListenStage } from '../media-port.ts';
import { cadenceParts, informationTone, NORTH_AMERICAN_TONES, renderTone, silence, type TonePart } from '../testing/network-tones.ts';
import { createChance, framesThrough, type Line } from '../testing/recorded-speech.ts';
import { createAudioSigns } from './audio-signs-machine.ts';
import { createDtmfDetector } from './dtmf-detector-machine.ts';
import { toneFor } from './tone-plan.ts';

function signsIn(samples: Int16Array, { stage = 'early', country = 'US', line = {}, seed = 1 }: { stage?: ListenStage; country?: string; line?: Line; seed?: number } = {}): AudioSign[] {
  const signs = createAudioSigns(stage, country);
  return [...framesThrough(samples, line, createChance(seed))].map((frame) => signs.hear(frame)).filter((sign) => sign !== undefined);
}

const after = (parts: readonly TonePart[], ms = 400): TonePart[] => [silence(300), ...parts, silence(ms)];
/** What a telephone network does on a bad day. */
const lines: ReadonlyArray<readonly [string, Line]> = [['a clean line', {}], ['a noisy line', { noiseDb: -45 }], ['a faint line', { gainDb: -14 }], ['a loud line', { gainDb: 12 }]];

describe.each(lines)('on %s', (_, line) => {
  test.each([
    ['intercept', 'not-in-service-tones'], ['vacant code', 'not-in-service-tones'], ['reorder, local', 'network-busy-tones'], ['no circuit, local', 'network-busy-tones'],
    ['reorder, distant', 'network-busy-tones'], ['no circuit, distant', 'network-busy-tones'], ['ineffective', 'announcement-tones'],
  ] as const)("North America's %s is %s", (name, sign) => {
    expect(signsIn(renderTone(after(informationTone(NORTH_AMERICAN_TONES[name]))), { line })).toEqual([sign]);
  });

  test.each([[950, 1400, 1800, 330], [905, 1355, 1755, 330], [995, 1445, 1845, 330], [950, 1400, 1800, 265], [950, 1400, 1800, 395]])("the ITU's three tones announce at %i, %i, %i Hz of %i ms", (first, second, third, ms) => {
    expect(signsIn(renderTone(after([first, second, third].map((hz) => ({ hz: [hz], ms })))), { line })).toEqual(['announcement-tones']);
  });

  test('the same tones falling, alone or of the wrong length say nothing', () => {
    for (const tones of [[[1800, 330], [1400, 330], [950, 330]], [[950, 330]], [[950, 330], [1400, 330]], [[950, 800], [1400, 330], [1800, 330]], [[950, 60], [1400, 60], [1800, 60]]]) {
      expect(signsIn(renderTone(after(tones.map(([hz, ms]) => ({ hz: [hz!], ms: ms! })))), { line })).toEqual([]);
    }
  });

  test.each(['US', 'GB', 'IE', 'AU', 'NZ', 'DE', 'AT', 'CH', 'FR', 'ES', 'IT', 'PT', 'BE', 'SE', 'FI', 'JP', 'CN', 'IN', 'BR', 'MX', 'IL', 'ZA', 'NL'])('busy and reorder of %s are told apart, ringing is neither', (country) => {
    const [busy, reorder] = [toneFor(country, 'busy'), toneFor(country, 'reorder')];
    expect(signsIn(renderTone(cadenceParts(busy, 8_000)), { country, line })).toEqual(['busy-tone']);
    const isOneTone = busy.cadence.join() === reorder.cadence.join();
    expect(signsIn(renderTone(cadenceParts(reorder, 8_000)), { country, line })).toEqual([isOneTone ? 'busy-tone' : 'reorder-tone']);
    expect(signsIn(renderTone(cadenceParts(toneFor(country, 'ringback'), 30_000)), { country, line })).toEqual([]);
    expect(signsIn(renderTone(cadenceParts(toneFor(country, 'call-waiting'), 30_000)), { country, line })).toEqual([]);
  });

  test.each([[400, 250], [425, 400], [440, 120], [800, 500], [1000, 250], [1000, 400], [1004, 1000], [1400, 150], [1633, 200]])('a beep of %i Hz and %i ms is heard once, at its end', (hz, ms) => {
    expect(signsIn(renderTone([silence(300), { hz: [hz], ms }, silence(600)]), { stage: 'answered', line })).toEqual(['beep']);
  });

  test('what is too short, too long, or two tones at once is no beep', () => {
    for (const part of [{ hz: [1000], ms: 50 }, { hz: [1000], ms: 2_600 }, { hz: [697, 1209], ms: 200 }]) {
      expect(signsIn(renderTone([silence(300), part, silence(600)]), { stage: 'answered', line })).not.toContain('beep');
    }
  });
});

test('a tone that loses one packet in twenty is still known, most of the time', () => {
  const tone = renderTone(after(informationTone(NORTH_AMERICAN_TONES['vacant code'])));
  const heard = Array.from({ length: 100 }, (_, seed) => signsIn(tone, { line: { lossShare: 0.05 }, seed })).filter((signs) => signs.includes('not-in-service-tones'));
  expect(heard.length).toBeGreaterThanOrEqual(75);
});

describe('who answered', () => {
  const voice = (ms: number): TonePart => ({ hz: [210, 420, 655, 1130, 1720], ms });
  const answered = (...parts: TonePart[]): AudioSign[] => signsIn(renderTone(parts, 1_800), { stage: 'answered' });

  test('a short word and then patience is a person', () => expect(answered(silence(600), voice(500), silence(9_000))).toEqual([]));
  test('two words with a breath between them are a person', () => expect(answered(silence(600), voice(400), silence(300), voice(500), silence(9_000))).toEqual([]));
  test('nothing for two and a half seconds is told as such', () => expect(answered(silence(4_000))).toEqual(['initial-silence']));
  test('more than a second and a half in one go sounds like a machine', () => expect(answered(silence(500), voice(4_000), silence(1_000))).toEqual(['long-greeting']));
  test('a machine that then beeps is a mailbox', () => expect(answered(silence(500), voice(4_000), silence(900), { hz: [1000], ms: 400 }, silence(4_000))).toEqual(['long-greeting', 'beep', 'greeting-waits']));
  test('a person who greets for two and a half seconds, and then listens to whoever called, screens nothing', () => expect(answered(silence(500), voice(2_480), silence(4_000), voice(3_000), silence(4_000))).toEqual(['long-greeting']));
  test('a machine that waits without a beep screens its calls', () => expect(answered(silence(500), voice(4_000), silence(5_000))).toEqual(['long-greeting', 'greeting-waits']));
});

test('no frames, however they are made, throw; and each sign but a beep comes once', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant(undefined), fc.int16Array({ minLength: 160, maxLength: 160 })), { maxLength: 60 }), fc.constantFrom('early' as const, 'answered' as const), fc.constantFrom('US', 'GB', 'ZZ', ''), (frames, stage, country) => {
      const signs = createAudioSigns(stage, country);
      const heard = frames.map((frame) => signs.hear(frame)).filter((sign) => sign !== undefined && sign !== 'beep');
      expect(new Set(heard).size).toBe(heard.length);
    }),
  );
});

describe('keys pressed as tones', () => {
  const ROWS = [697, 770, 852, 941];
  const COLUMNS = [1209, 1336, 1477, 1633];
  const keyParts = (digit: string, ms: number, skew = 1): TonePart => {
    const row = ['123A', '456B', '789C', '*0#D'].findIndex((keys) => keys.includes(digit));
    return { hz: [ROWS[row]! * skew, COLUMNS[['147*', '2580', '369#', 'ABCD'].findIndex((keys) => keys.includes(digit))]! * skew], ms };
  };
  const digitsIn = (parts: readonly TonePart[], line: Line = {}): string => {
    const detector = createDtmfDetector();
    return [...framesThrough(renderTone(parts), line, createChance(3))].map((frame) => (frame === undefined ? undefined : detector.hear(frame)?.digit)).join('');
  };
  const allKeys = '1234567890*#ABCD';
  const dial = (ms: number, gapMs: number, skew = 1): TonePart[] => [silence(50), ...allKeys.split('').flatMap((digit) => [keyParts(digit, ms, skew), silence(gapMs)]), silence(100)];

  test.each([['as people press them', 100, 80], ['as machines do', 50, 50], ['as short as Q.24 asks for', 40, 45]])('all sixteen are heard, %s', (_, ms, gapMs) => expect(digitsIn(dial(ms, gapMs))).toBe(allKeys));
  test.each(lines)('all sixteen are heard on %s', (_, line) => expect(digitsIn(dial(80, 60), line)).toBe(allKeys));
  test('a pitch that is 1.5 % off is taken (Q.24)', () => {
    expect(digitsIn(dial(80, 60, 1.015))).toBe(allKeys);
    expect(digitsIn(dial(80, 60, 0.985))).toBe(allKeys);
  });
  test('what is pressed for less than a hundredth of a second, or is one tone alone, is no key', () => {
    expect(digitsIn(dial(10, 60))).toBe('');
    expect(digitsIn([...ROWS, ...COLUMNS].flatMap((hz) => [{ hz: [hz], ms: 100 }, silence(60)]))).toBe('');
  });
  test('a key held long is one key', () => expect(digitsIn([silence(50), keyParts('5', 3_000), silence(100)])).toBe('5'));
});
