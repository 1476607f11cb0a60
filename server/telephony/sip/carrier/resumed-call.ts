/** A call that another process held until it was killed, gone on with: its dialog found at its trunk, new media offered. A peer that will not have it ends the leg. */
import type { Log } from '#server/platform/logging/log.ts';
import type { DialogRecord, DialogSecret } from '../agent/agent-core.ts';
import { createDigestClient } from '../agent/digest.ts';
import type { SipLeg } from '../agent/leg.ts';
import type { UserAgent } from '../agent/user-agent.ts';
import type { PartyLeg, PartyLegEvent } from '../call-port.ts';
import type { Tokens } from '../transactions/tokens.ts';
import type { Target } from '../transport/transport-layer.ts';
import type { CarrierTrunk } from './carrier-trunk.ts';
import { pressByInfo } from './key-by-info.ts';
import { endOf, partyEvent } from './placed-call.ts';

export interface ResumedCallOptions {
  agent: UserAgent;
  tokens: Tokens;
  trunks: readonly CarrierTrunk[];
  offer: string;
  onEvent(event: PartyLegEvent): void;
  onOver(): void;
  log: Log;
}

export function resumeCall(options: ResumedCallOptions, left: { record: DialogRecord; secret: DialogSecret } | undefined): PartyLeg {
  let leg: SipLeg | undefined;
  let isUnwanted = false;
  let isOver = false;
  let hasMedia = false;
  const finish = (event: Extract<PartyLegEvent, { type: 'ended' }>): void => {
    if (isOver) return;
    isOver = true;
    options.onEvent(event);
    options.onOver();
  };
  const begin = async (found: { record: DialogRecord; secret: DialogSecret }): Promise<void> => {
    const targets = (await Promise.all(options.trunks.map(async (trunk) => (await trunk.targets()).map((target) => ({ ...target, trunk }))))).flat();
    const { target, known } = targetOfLeft(found.record, targets);
    const credentials = known?.trunk.settings.credentials;
    const trunksTried = known === undefined ? [] : [known.trunk.settings.name];
    leg = options.agent.resume({ ...found, target, offer: options.offer, digest: credentials === undefined ? undefined : createDigestClient(credentials, options.tokens) }, (event) => {
      if (event.type === 'ended') return finish({ type: 'ended', end: { ...endOf(event.end), trunksTried } });
      if (event.type === 'reanswered') hasMedia = true;
      // A peer that keeps the media of a process that is no more would hear nothing for ever.
      if (event.type === 'reoffer-refused' && !hasMedia) return leg?.hangUp('connection-lost');
      const told = partyEvent(event);
      if (told !== undefined) options.onEvent(told);
    });
    options.log.info('left-call-resumed', { trunk: trunksTried[0] });
    if (isUnwanted) leg.hangUp();
  };
  const lost = (): void => finish({ type: 'ended', end: { by: 'network', cause: 'connection-lost', status: undefined, q850: undefined, trunksTried: [] } });
  if (left === undefined) queueMicrotask(lost);
  else {
    begin(left).catch((cause: unknown) => {
      options.log.error('left-call-not-resumed', cause);
      lost();
    });
  }
  return {
    reoffer: (offer) => leg?.reoffer(offer),
    sendDtmfByInfo: (digit, durationMs) => pressByInfo(leg, digit, durationMs),
    hangUp(cause) {
      isUnwanted = true;
      leg?.hangUp(cause);
    },
  };
}

/** Where a dialog is: a connection died with its process, so its port says nothing and the trunk's own is asked; a datagram goes where the dialog was. */
export function targetOfLeft<Known extends Target>(record: DialogRecord, targets: readonly Known[]): { target: Target; known: Known | undefined } {
  const known = targets.find((target) => target.transport === record.transport && target.address === record.address) ?? targets.find((target) => target.transport === record.transport);
  return { known, target: record.transport === 'udp' || known === undefined ? { transport: record.transport, address: record.address, port: record.port } : known };
}
