/** What the tests of the call's pure machines begin with: a call as it was dialled, events run over it, and their table of cells. */
import { describe, expect, test } from 'vitest';
import type { CallId, DeviceId, E164, LineId, MemberId, PracticeId } from '#contract/ids.ts';
import { defaultCallLimits, type Call, type CallEvent } from './call-facts.ts';
import { startCall, stepCall } from './call-machine.ts';

export const DEVICE = '018f0000-0000-7000-8000-00000000000d' as DeviceId;
export const OTHER_DEVICE = '018f0000-0000-7000-8000-00000000000e' as DeviceId;

export const dialled = {
  id: '018f0000-0000-7000-8000-000000000001' as CallId,
  practiceId: '018f0000-0000-7000-8000-000000000002' as PracticeId,
  memberId: '018f0000-0000-7000-8000-000000000003' as MemberId,
  number: '+16125550123' as E164,
  partyName: null,
  line: { id: '018f0000-0000-7000-8000-000000000004' as LineId, name: 'Lakeside Clinic', number: '+16125550100' as E164 },
  trunks: ['sandbox'],
  sandbox: true,
  limits: defaultCallLimits,
  deviceId: DEVICE,
  requestId: 'dial',
  onBehalfOf: null,
  mediaAnswer: 'sdp',
};

/** The events come a millisecond after one another, the first at 1. */
export function run(events: readonly CallEvent[], from: Call = startCall(dialled, 0).call): Call {
  let call = from;
  for (const [at, event] of events.entries()) ({ call } = stepCall(call, event, at + 1));
  return call;
}

/**
 * Checks every event in every situation. `cells`: for each event, what it brings about (as `outcome` says it) and the situations in which it does,
 * parted by spaces; `*` is all that the others of the event do not name. The type leaves no event out, the others' word no situation.
 */
export function checkCells<Name extends string>(cells: Record<Name, Record<string, string>>, situations: Record<string, Call>, events: Record<Name, CallEvent>, outcome: (call: Call, event: CallEvent) => string): void {
  describe('every event in every situation', () => {
    for (const [name, row] of Object.entries<Record<string, string>>(cells)) {
      test(name, () => {
        const named = Object.entries(row).flatMap(([said, where]) => (where === '*' ? [] : where.split(' ').map((situation) => [situation, said] as const)));
        const others = Object.entries(row).find(([, where]) => where === '*')?.[0];
        const wanted = Object.fromEntries(Object.keys(situations).map((situation) => [situation, new Map(named).get(situation) ?? others]));
        const found = Object.fromEntries(Object.entries(situations).map(([situation, call]) => [situation, outcome(call, events[name as Name])]));
        expect(found).toEqual(wanted);
      });
    }
  });
}
