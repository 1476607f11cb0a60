/** The media engine that has rtpengine before it, one of several: browsers and trunks send to those, we stand behind. Chooses the instance; each call's audio is its session's. */
import { createHash } from 'node:crypto';
import { refused, ok } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { EmbeddedMediaEngine } from '../embedded/media-engine.ts';
import type { MediaEngine } from '../media-port.ts';
import { chooseInstance } from './instance-choice-policy.ts';
import { openNgCall, type NgInterfaces } from './ng-call.ts';
import { openNgInstance, type NgAddress, type NgInstance } from './ng-instance.ts';
import { createRtpengineSession, type RtpengineSession } from './rtpengine-session.ts';

export interface RtpengineEngineOptions {
  readonly instances: readonly NgAddress[];
  readonly interfaces?: NgInterfaces | undefined;
  /** Ours, behind; its party address is one that the rtpengines reach. Closed with this one. */
  readonly inner: EmbeddedMediaEngine;
  /** How long two must simply talk before they are joined: a call that changes often is worth no joining. */
  readonly joinAfterMs?: number;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
}

export async function createRtpengineEngine({ instances: addresses, interfaces, inner, joinAfterMs = 2_000, clock, random, log }: RtpengineEngineOptions): Promise<MediaEngine> {
  const instances = await Promise.all(addresses.map((address) => openNgInstance({ address, clock, random, log })));
  const sessions = new Map<RtpengineSession, NgInstance>();
  for (const instance of instances) {
    instance.onDown(() => {
      for (const [session, at] of sessions) if (at === instance) session.fail();
    });
  }
  const chance = (): number => Buffer.from(random.bytes(4)).readUInt32BE(0) / 2 ** 32;

  return {
    name: 'rtpengine',
    open({ callId, survives, onEvent }) {
      const index = chooseInstance(instances.map((each) => ({ isUp: each.isUp(), weight: each.address.weight })), chance());
      const instance = index === undefined ? undefined : instances[index];
      if (instance === undefined) return refused('engine-unavailable');
      const own = log.child({ callId });
      const listener: { session?: RtpengineSession } = {};
      const opened = inner.open({ callId, onEvent: (event) => listener.session?.hear(event) });
      if (!opened.ok) return opened;
      const name = survives === undefined ? Buffer.from(random.bytes(12)).toString('base64url') : survivingName(callId);
      // Whichever it was that the process before us chose: left alone, it would go on passing the one to the other, past everything we do.
      const forgotten = survives === 'again' ? Promise.all(instances.filter((each) => each.isUp()).map((each) => each.ask({ command: 'delete', 'call-id': name, 'delete delay': 0 }))) : Promise.resolve();
      const call = openNgCall({ callId: name, instance, interfaces, log: own });
      const made = createRtpengineSession({ inner: opened.value, call, joinAfterMs, after: forgotten, clock, log: own, onEvent, onClosed: () => void sessions.delete(made) });
      listener.session = made;
      sessions.set(made, instance);
      return ok(made);
    },
    sessionCount: () => sessions.size,
    load: () => inner.load(),
    async close() {
      for (const [session] of sessions) session.close();
      for (const instance of instances) instance.close();
      await inner.close();
    },
  };
}

/** Known to the process that goes on with the call after a kill; what rtpengine logs leads to no call of ours. */
const survivingName = (callId: string): string => createHash('sha256').update(`quietline rtpengine ${callId}`).digest('base64url').slice(0, 16);
