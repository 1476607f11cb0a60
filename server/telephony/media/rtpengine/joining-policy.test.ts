import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayJoin, type JoinLegFacts } from './joining-policy.ts';

const device: JoinLegFacts = { kind: 'device', isConnected: true, isMuted: false, isHeld: false, isPlayedTo: false, isListenedTo: false, codec: 'PCMU', direction: 'sendrecv' };
const party: JoinLegFacts = { ...device, kind: 'party' };

describe('two legs are joined in rtpengine', () => {
  it('where a device and a telephone simply talk', () => {
    expect(mayJoin([device, party])).toBe(true);
    expect(mayJoin([party, device])).toBe(true);
  });

  it.each<[string, Partial<JoinLegFacts>]>([
    ['one is not there yet', { isConnected: false }],
    ['one is muted', { isMuted: true }],
    ['one is held', { isHeld: true }],
    ['one is played to', { isPlayedTo: true }],
    ['one is listened to', { isListenedTo: true }],
    ['the laws differ', { codec: 'PCMA' }],
    ['nothing is agreed on', { codec: undefined }],
    ['one only listens', { direction: 'recvonly' }],
    ['one holds us', { direction: 'sendonly' }],
    ['both are telephones', { kind: 'party' }],
  ])('but not where %s', (_case, change) => {
    expect(mayJoin([{ ...device, ...change }, party])).toBe(false);
  });

  it('never where a third hears', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(device, party), { minLength: 3, maxLength: 8 }), (legs) => {
        expect(mayJoin(legs)).toBe(false);
      }),
    );
    expect(mayJoin([device])).toBe(false);
    expect(mayJoin([])).toBe(false);
  });
});
