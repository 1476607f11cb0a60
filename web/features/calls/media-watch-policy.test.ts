import { expect, test } from 'vitest';
import { type CallSaid, connectWithinMs, disconnectedForMs, firstPacketWithinMs, type MediaSample, type MediaVerdict, silentPathMs, startMediaWatch, unheardForMs, watchMedia } from './media-watch-policy.ts';

type Second = Partial<Omit<MediaSample, 'atMs'>>;

/** One sample a second from second 1 on; counters keep their last value. Returns each second's verdict. */
function watchSeconds(seconds: readonly Second[], said: Partial<CallSaid> = {}): MediaVerdict[] {
  let watch = startMediaWatch(0);
  let sample: MediaSample = { atMs: 0, connectionState: 'new', packetsReceived: 0, packetsSent: 0, iceResponses: 0 };
  return seconds.map((second, index) => {
    sample = { ...sample, ...second, atMs: (index + 1) * 1_000 };
    const step = watchMedia(watch, sample, { isAudioDue: true, isUnheard: false, ...said });
    watch = step.watch;
    return step.verdict;
  });
}
const for_ = (count: number, second: Second = {}): Second[] => Array.from({ length: count }, () => second);
const flowing = (count: number): Second[] => Array.from({ length: count }, (_, index) => ({ connectionState: 'connected', packetsReceived: (index + 1) * 50, iceResponses: 1 + index }));

test('is setting up until packets come, then flows', () => {
  expect(watchSeconds([{ connectionState: 'connecting' }, { connectionState: 'connected' }, { packetsReceived: 40 }])).toEqual(['setting-up', 'setting-up', 'flowing']);
});

test('is lost where it never connects', () => {
  const verdicts = watchSeconds(for_(12, { connectionState: 'connecting' }));
  expect(verdicts.indexOf('lost')).toBe(connectWithinMs / 1_000);
});

test('connected proves nothing: without a first packet it is lost', () => {
  const verdicts = watchSeconds(for_(9, { connectionState: 'connected' }));
  expect(verdicts.indexOf('lost')).toBe(firstPacketWithinMs / 1_000 + 1);
});

test('no first packet is no loss while none is due: on hold, or before the ring', () => {
  expect(watchSeconds(for_(30, { connectionState: 'connected' }), { isAudioDue: false })).not.toContain('lost');
});

test('a failed connection is lost at once', () => {
  expect(watchSeconds([...flowing(3), { connectionState: 'failed' }]).at(-1)).toBe('lost');
});

test('a short disconnection is waited out, a long one is not', () => {
  const verdicts = watchSeconds([...flowing(3), ...for_(5, { connectionState: 'disconnected' })]);
  expect(verdicts.slice(3).indexOf('lost')).toBe(Math.ceil(disconnectedForMs / 1_000));
});

test('a party that is silent on a living path is quiet, not lost', () => {
  const silent = Array.from({ length: 40 }, (_, index) => ({ iceResponses: 10 + Math.floor(index / 3) }));
  expect(watchSeconds([...flowing(3), ...silent])).not.toContain('lost');
});

test('a path that answers nothing any more is lost though it says connected', () => {
  const verdicts = watchSeconds([...flowing(3), ...for_(15)]);
  expect(verdicts.slice(3).indexOf('lost')).toBe(silentPathMs / 1_000);
});

test('one that the server hears nothing of is lost, however well its checks are answered; not before it is connected, nor while it is moving', () => {
  const unheard = { isAudioDue: false, isUnheard: true };
  const answered = Array.from({ length: 8 }, (_, index): Second => ({ connectionState: 'connected', iceResponses: 1 + index }));
  expect(watchSeconds([...for_(5, { connectionState: 'connecting' }), ...answered], unheard).indexOf('lost')).toBe(5 + unheardForMs / 1_000);
  expect(watchSeconds([...answered.slice(0, 3), { connectionState: 'disconnected' }, ...answered.slice(0, 3)], unheard)).not.toContain('lost');
  expect(watchSeconds(flowing(8), { isAudioDue: true, isUnheard: false })).not.toContain('lost');
});
