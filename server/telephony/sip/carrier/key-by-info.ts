/** One keypress by INFO, and what the peer made of it. */
import type { SipLeg } from '../agent/leg.ts';
import type { KeyByInfo } from '../call-port.ts';
import { writeDtmfRelay } from './dtmf-relay-codec.ts';

export function pressByInfo(leg: SipLeg | undefined, digit: string, durationMs: number): Promise<KeyByInfo> {
  if (leg === undefined) return Promise.resolve('not-now');
  return new Promise((resolve) => {
    leg.info('application/dtmf-relay', writeDtmfRelay(digit, durationMs), (status) => resolve(status === undefined ? 'not-now' : status < 300 ? 'taken' : 'refused'));
  });
}
