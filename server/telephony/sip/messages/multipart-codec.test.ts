/** A session description found beside what else carriers send, and nothing found in what is torn. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partOf } from './multipart-codec.ts';

const BODY = 'a preamble\r\n--unique-1\r\nContent-Type: application/isup; version=x\r\n\r\n\u0001\u0002--unique\r\n\r\n--unique-1\r\nContent-Type: application/SDP\r\nContent-Disposition: session\r\n\r\nv=0\r\ns=-\r\n\r\n--unique-1--\r\n';

it('finds the session description among other parts', () => {
  expect(partOf('multipart/mixed;boundary=unique-1', BODY, 'application/sdp')).toBe('v=0\r\ns=-\r\n');
  expect(partOf('multipart/mixed; Boundary="unique-1"; x=y', BODY.slice(12), 'application/sdp')).toBe('v=0\r\ns=-\r\n');
  expect(partOf('multipart/mixed;boundary=unique-1', BODY, 'application/json')).toBeUndefined();
});

it('finds nothing, and throws nothing, in what is torn', () => {
  expect(partOf('multipart/mixed', BODY, 'application/sdp')).toBeUndefined();
  fc.assert(fc.property(fc.nat({ max: BODY.length }), fc.nat({ max: BODY.length }), (from, to) => void partOf('multipart/mixed;boundary=unique-1', BODY.slice(from, to), 'application/sdp')));
});
