import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideSpeechCodec, FIRST_CLEAN_MS, LONGEST_CLEAN_MS, repeatsAgainst, speechBegins, type SpeechCodecState } from './speech-codec-policy.ts';

const onOpus: SpeechCodecState = { ...speechBegins, codec: 'opus' };

describe('the codec of a sender', () => {
  it.each([
    [speechBegins, 0, 'g711'],
    [speechBegins, 0.019, 'g711'],
    [speechBegins, 0.02, 'opus'],
    [speechBegins, 1, 'opus'],
    [onOpus, 0.2, 'opus'],
    [onOpus, 0.004, 'opus'],
    [{ ...onOpus, cleanSinceMs: 1000 }, 0.004, 'g711'],
    [{ ...onOpus, cleanSinceMs: 1001 }, 0.004, 'opus'],
    [{ ...onOpus, cleanSinceMs: 1000 }, 0.005, 'opus'],
  ] as const)('from %j with %d lost is %s', (state, lostShare, codec) => {
    expect(decideSpeechCodec(state, lostShare, 1000 + FIRST_CLEAN_MS).codec).toBe(codec);
  });

  it('never leaves Opus sooner than the network was clean for half a minute, whatever the reports', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 100, max: 8000 }), fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }))), { maxLength: 200 }), (reports) => {
        let state = speechBegins;
        let nowMs = 0;
        let lastBadMs = 0;
        for (const [waitMs, lostShare] of reports) {
          nowMs += waitMs;
          if (lostShare >= 0.005) lastBadMs = nowMs;
          const next = decideSpeechCodec(state, lostShare, nowMs);
          if (state.codec === 'opus' && next.codec === 'g711') expect(nowMs - lastBadMs).toBeGreaterThanOrEqual(FIRST_CLEAN_MS);
          if (lostShare >= 0.02) expect(next.codec).toBe('opus');
          expect(next.cleanForMs).toBeLessThanOrEqual(LONGEST_CLEAN_MS);
          state = next;
        }
      }),
    );
  });

  it('waits longer after each relapse', () => {
    let state = speechBegins;
    let nowMs = 0;
    const waits: number[] = [];
    for (let relapse = 0; relapse < 5; relapse += 1) {
      state = decideSpeechCodec(state, 0.1, (nowMs += 1000));
      const beganAtMs = nowMs;
      while (state.codec === 'opus') state = decideSpeechCodec(state, 0, (nowMs += 1000));
      waits.push(Math.round((nowMs - beganAtMs - 1000) / 1000));
    }
    expect(waits).toEqual([30, 60, 120, 240, 240]);
  });
});

describe('the repeats of a packet', () => {
  it.each([
    [0.02, [1]],
    [0.05, [1, 2]],
    [0.2, [1, 3, 5]],
  ])('with %d lost lie %j frames back', (lostShare, repeats) => {
    expect(repeatsAgainst(lostShare)).toEqual(repeats);
  });

  it('are never fewer, and never nearer, with more lost', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (one, other) => {
        const [less, more] = [repeatsAgainst(Math.min(one, other)), repeatsAgainst(Math.max(one, other))];
        expect(more.length).toBeGreaterThanOrEqual(less.length);
        expect(Math.max(...more)).toBeGreaterThanOrEqual(Math.max(...less));
      }),
    );
  });
});
