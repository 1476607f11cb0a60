import fc from 'fast-check';
import { expect, it } from 'vitest';
import { announce, formatOf, preferFormats } from './description-text-policy.ts';

const answer = ['v=0', 'm=video 0 UDP/TLS/RTP/SAVPF 96', 'm=audio 5000 UDP/TLS/RTP/SAVPF 0 8 63 111 126', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:63 red/48000/2', 'a=rtpmap:111 opus/48000/2', 'a=rtpmap:126 telephone-event/8000', ''].join('\r\n');
const formatsOf = (text: string): string => /^m=audio \d+ \S+ (.*)$/m.exec(text.replaceAll('\r', ''))![1]!;

it('puts what is wanted first and leaves the rest as it stood', () => {
  expect(formatsOf(preferFormats(answer, ['red', 'opus']))).toBe('63 111 0 8 126');
  expect(formatsOf(preferFormats(answer, ['pcma']))).toBe('8 0 63 111 126');
  expect(formatsOf(preferFormats(answer, ['g722']))).toBe('0 8 63 111 126');
});

it('finds a format by its name, and adds a flag to the last section', () => {
  expect([formatOf(answer, 'opus'), formatOf(answer, 'red'), formatOf(answer, 'g722')]).toEqual([111, 63, undefined]);
  expect(announce(answer, 'flag').startsWith(answer)).toBe(true);
  expect(announce(answer, 'flag')).toMatch(/\r\na=flag\r\n$/);
});

it('changes that one line and loses no format, whatever is wanted', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(['pcmu', 'pcma', 'red', 'opus', 'telephone-event', 'g722']), (first) => {
      const changed = preferFormats(answer, first);
      expect(formatsOf(changed).split(' ').toSorted()).toEqual(formatsOf(answer).split(' ').toSorted());
      expect(changed.replace(/^m=audio.*$/m, '')).toBe(answer.replace(/^m=audio.*$/m, ''));
    }),
  );
});
