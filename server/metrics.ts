/** What the server counts, by name: calls, trunks, SIP, media, the process. No number, no name, no id of anyone: label values are the code's own words and the trunks' names. Documented in deploy/metrics. */
import { callStateSchema, endReasonSchema } from '#contract/calls.ts';
import type { Calls, StoredCallEvent } from './features/calls/index.ts';
import type { Log } from './platform/logging/log.ts';
import { createMetricsRegistry } from './platform/metrics/metrics-registry.ts';
import { serveMetrics } from './platform/metrics/metrics-server.ts';
import type { MetricsListen, MetricsServer } from './platform/metrics/metrics-server.ts';
import type { MediaEngine, SipCarrier } from './telephony/index.ts';

export interface Metrics {
  /** News of a call: its end is counted once, however often it is told. */
  hearCall(event: StoredCallEvent): void;
  hearIncoming(outcome: 'taken' | 'announced' | 'refused'): void;
  /** The gauges are read from these at each scrape. */
  watch(parts: { carrier: SipCarrier; engine: MediaEngine; calls: () => Pick<Calls, 'liveStates'> }): void;
  serve(listen: MetricsListen, log: Log): Promise<MetricsServer>;
}

/** The end of a call is told again when a page was told; past this many calls nobody tells any more. */
const ENDS_REMEMBERED = 1_000;
const STATES = callStateSchema.options.filter((state) => state !== 'ended');

export function createMetrics(): Metrics {
  const registry = createMetricsRegistry();
  const countEnd = registry.counter('calls_ended_total', 'Calls that ended, by why.', 'reason', endReasonSchema.options);
  const countIncoming = registry.counter('incoming_calls_total', 'Calls from trunks to our lines, by what became of them.', 'outcome', ['taken', 'announced', 'refused'] as const);
  const observeSetUp = registry.histogram('call_set_up_seconds', 'From the dial to the first ring.', [0.5, 1, 2, 3, 5, 8, 12, 20]);
  const observeTalk = registry.histogram('call_talk_seconds', 'From the answer to the end.', [10, 30, 60, 120, 300, 600, 1_800, 3_600]);
  const counted = new Set<string>();

  return {
    hearCall(event) {
      if (event.type !== 'call-ended' || counted.has(event.callId)) return;
      counted.add(event.callId);
      for (const oldest of counted) {
        if (counted.size <= ENDS_REMEMBERED) break;
        counted.delete(oldest);
      }
      const { reason, startedAt, ringingAt, answeredAt, at } = event.end;
      countEnd(reason);
      if (ringingAt !== null) observeSetUp((ringingAt - startedAt) / 1_000);
      if (answeredAt !== null) observeTalk((at - answeredAt) / 1_000);
    },
    hearIncoming: countIncoming,
    watch({ carrier, engine, calls }) {
      const trunkNames = carrier.trunkHealth().map(({ trunk }) => trunk);
      registry.gauge('calls', 'Calls going on, by the word on the screen.', 'state', STATES, () => calls().liveStates());
      registry.gauge('trunk_up', 'Whether a trunk answers: 1, 0, or 0.5 while nobody knows yet.', 'trunk', trunkNames, () => new Map(carrier.trunkHealth().map(({ trunk, state }) => [trunk, state === 'up' ? 1 : state === 'down' ? 0 : 0.5])));
      const registering = carrier.trunkHealth().flatMap(({ trunk, registered }) => (registered === undefined ? [] : [trunk]));
      registry.gauge('trunk_registered', 'Whether our registration stands, of trunks that want one: 1 or 0.', 'trunk', registering, () => new Map(carrier.trunkHealth().map(({ trunk, registered }) => [trunk, registered === true ? 1 : 0])));
      const sip = (): ReturnType<SipCarrier['counts']> => carrier.counts();
      registry.number('sip_messages_received_total', 'SIP messages from trunks.', 'counter', () => sip().received);
      registry.number('sip_messages_unreadable_total', 'Datagrams and messages from trunks that were no SIP.', 'counter', () => sip().unreadable);
      registry.number('sip_retransmissions_total', 'Messages we sent again because no answer came.', 'counter', () => sip().retransmitted);
      registry.number('sip_transactions_timed_out_total', 'Requests that were never answered.', 'counter', () => sip().timedOut);
      registry.number('sip_transactions', 'Transactions under way, those that wait for repeats included.', 'gauge', () => sip().open);
      registry.number('sip_dialogs', 'Dialogs that stand.', 'gauge', () => sip().dialogs);
      registry.number('media_sessions', 'Audio of calls under way.', 'gauge', () => engine.sessionCount());
      registry.number('media_work_share', 'Of one core, what the audio under way is reckoned to take.', 'gauge', () => engine.load().workMs / 1_000);
      registry.number('media_busy_share', 'Of the last seconds, the share in which the process was not idle; 0 while no call was there to measure by.', 'gauge', () => engine.load().busyShare ?? 0);
      registry.totals('media_refused_total', 'Calls refused at the door, by why.', 'reason', ['too-many-calls', 'too-much-work', 'too-busy'] as const, () => engine.load().refused);
    },
    serve: (listen, log) => serveMetrics(registry, listen, log),
  };
}
