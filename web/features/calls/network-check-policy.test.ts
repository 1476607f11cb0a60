import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AudioPath } from '#contract/call-audio.ts';
import { judgeNetwork, pathsInOrder, type PathFigures, type Trial } from './network-check-policy.ts';

const fine: PathFigures = { lostUp: 0, lostDown: 0.01, jitterMs: 4, roundTripMs: 30 };
const found = (trials: Partial<Record<AudioPath, Trial>>, figures: Partial<Record<AudioPath, PathFigures>> = {}) => ({
  trials: new Map(Object.entries(trials) as [AudioPath, Trial][]),
  figures: new Map(Object.entries(figures) as [AudioPath, PathFigures][]),
});

describe('the way of a call', () => {
  it.each([
    ['direct', 'udp', { udp: 'open', tcp: 'open', 'relay-tls': 'open' }],
    ['direct', 'udp', { udp: 'open', tcp: 'blocked' }],
    ['relayed', 'relay-udp', { udp: 'blocked', 'relay-udp': 'open', tcp: 'blocked' }],
    ['direct-tcp', 'tcp', { udp: 'blocked', tcp: 'open', 'relay-tcp': 'open' }],
    ['relayed-web', 'relay-tcp', { udp: 'blocked', tcp: 'blocked', 'relay-tcp': 'open' }],
    ['relayed-web', 'relay-tls', { udp: 'blocked', tcp: 'blocked', 'relay-udp': 'blocked', 'relay-tls': 'open' }],
    ['no-way', null, { udp: 'blocked', tcp: 'blocked', 'relay-tls': 'blocked' }],
    ['no-way-no-relay', null, { udp: 'blocked', tcp: 'blocked' }],
  ] as const)('is %s, by %s, with %o', (way, path, trials) => {
    expect(judgeNetwork(found(trials))).toEqual({ way, path, sound: null, figures: null });
  });

  it('is not told while a better one may be open', () => {
    expect(judgeNetwork(found({ udp: 'trying', tcp: 'open' }))).toBeNull();
    expect(judgeNetwork(found({ udp: 'open', tcp: 'trying' }))?.way).toBe('direct');
  });

  it('is always the first open one in order, whatever else is', () => {
    const trial = fc.constantFrom<Trial>('open', 'blocked');
    fc.assert(
      fc.property(fc.record({ udp: trial, tcp: trial, 'relay-udp': trial, 'relay-tcp': trial, 'relay-tls': trial }), (trials) => {
        expect(judgeNetwork(found(trials))?.path).toBe(pathsInOrder.find((path) => trials[path] === 'open') ?? null);
      }),
    );
  });
});

describe('how it will sound', () => {
  it.each([
    ['good', {}],
    ['lossy', { lostUp: 0.08 }],
    ['lossy', { lostDown: 0.2, jitterMs: 90 }],
    ['bad', { lostDown: 0.3 }],
    ['late', { roundTripMs: 700, lostUp: 0.1 }],
    ['unsteady', { jitterMs: 80 }],
    ['good', { roundTripMs: null }],
  ] as const)('is %s with %o', (sound, change) => {
    expect(judgeNetwork(found({ udp: 'open' }, { udp: { ...fine, ...change } }))?.sound).toBe(sound);
  });
});
