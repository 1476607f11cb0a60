/** Every state x event cell of the four transaction machines, over UDP and TCP. A cell that is not listed must do nothing; a TCP cell that is not listed is as over UDP. */
import { describe, expect, it } from 'vitest';
import { startInviteClient, stepInviteClient } from './invite-client-machine.ts';
import { startInviteServer, stepInviteServer } from './invite-server-machine.ts';
import { startNonInviteClient, stepNonInviteClient } from './non-invite-client-machine.ts';
import { startNonInviteServer, stepNonInviteServer } from './non-invite-server-machine.ts';
import { RFC_TIMERS } from './timer-values.ts';
import type { TransactionConfig } from './timer-values.ts';

type Cell = readonly [transport: string, state: string, event: string, outcome: string];
interface Step {
  readonly state: { readonly name: string };
  readonly effects: readonly { readonly type: string; readonly timer?: string; readonly afterMs?: number }[];
}

const CONFIGS: Readonly<Record<string, TransactionConfig>> = { udp: { ...RFC_TIMERS, isReliable: false }, tcp: { ...RFC_TIMERS, isReliable: true } };

const outcomeOf = ({ state, effects }: Step): string =>
  `${state.name}: ${effects.map(({ type, timer, afterMs }) => [type, timer, afterMs].filter((part) => part !== undefined).join(' ')).join(', ') || 'nothing'}`;

/** 'response 200', 'timer A', 'ack'. */
const eventOf = (text: string): never => {
  const [type, detail] = text.split(' ');
  return (type === 'timer' ? { type, timer: detail } : detail === undefined ? { type } : { type, status: Number(detail) }) as never;
};

function testTable(states: Readonly<Record<string, unknown>>, events: readonly string[], cells: readonly Cell[], step: (state: never, event: never, config: TransactionConfig) => Step): void {
  for (const [transport, config] of Object.entries(CONFIGS)) {
    for (const [label, state] of Object.entries(states)) {
      it.each(events)(`over ${transport}, ${label}, on %s`, (event) => {
        const find = (on: string): string | undefined => cells.find((cell) => cell[0] === on && cell[1] === label && cell[2] === event)?.[3];
        const expected = find(transport) ?? find('udp') ?? `${(state as { name: string }).name}: nothing`;
        expect(outcomeOf(step(state as never, eventOf(event), config))).toBe(expected);
      });
    }
  }
}

describe('the INVITE client transaction (RFC 3261 17.1.1, RFC 6026)', () => {
  it('begins by sending, and repeats over UDP only', () => {
    expect(outcomeOf(startInviteClient(CONFIGS['udp']!))).toBe('calling: send-request, arm A 500, arm B 32000');
    expect(outcomeOf(startInviteClient(CONFIGS['tcp']!))).toBe('calling: send-request, arm B 32000');
  });

  it('doubles Timer A without a cap', () => {
    let state = startInviteClient(CONFIGS['udp']!).state;
    const intervals: number[] = [];
    for (let i = 0; i < 6; i++) {
      state = stepInviteClient(state, { type: 'timer', timer: 'A' }, CONFIGS['udp']!).state;
      intervals.push(state.retryMs);
    }
    expect(intervals).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
  });

  const cells: readonly Cell[] = [
    ['udp', 'calling', 'response 180', 'proceeding: disarm A, disarm B, deliver'],
    ['udp', 'calling', 'response 200', 'accepted: disarm A, disarm B, deliver, arm M 32000'],
    ['udp', 'calling', 'response 486', 'completed: disarm A, disarm B, send-ack, deliver, arm D 32000'],
    ['udp', 'calling', 'timer A', 'calling: send-request, arm A 1000'],
    ['udp', 'calling', 'timer B', 'terminated: timed-out, terminated'],
    ['udp', 'calling', 'stop-retrying', 'calling: disarm A'],
    ['udp', 'calling', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'proceeding', 'response 180', 'proceeding: deliver'],
    ['udp', 'proceeding', 'response 200', 'accepted: deliver, arm M 32000'],
    ['udp', 'proceeding', 'response 486', 'completed: send-ack, deliver, arm D 32000'],
    ['udp', 'proceeding', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'accepted', 'response 200', 'accepted: deliver'],
    ['udp', 'accepted', 'timer M', 'terminated: terminated'],
    ['udp', 'completed', 'response 486', 'completed: send-ack'],
    ['udp', 'completed', 'timer D', 'terminated: terminated'],
    ['udp', 'completed', 'transport-error', 'terminated: transport-failed, terminated'],
    ['tcp', 'calling', 'response 180', 'proceeding: disarm B, deliver'],
    ['tcp', 'calling', 'response 200', 'accepted: disarm B, deliver, arm M 32000'],
    ['tcp', 'calling', 'response 486', 'terminated: disarm B, send-ack, deliver, terminated'],
    ['tcp', 'calling', 'stop-retrying', 'calling: nothing'],
    ['tcp', 'proceeding', 'response 486', 'terminated: send-ack, deliver, terminated'],
  ];
  testTable({ calling: { name: 'calling', retryMs: 500 }, proceeding: { name: 'proceeding', retryMs: 0 }, accepted: { name: 'accepted', retryMs: 0 }, completed: { name: 'completed', retryMs: 0 }, terminated: { name: 'terminated', retryMs: 0 } }, ['response 180', 'response 200', 'response 486', 'timer A', 'timer B', 'timer D', 'timer M', 'stop-retrying', 'transport-error'], cells, stepInviteClient);
});

describe('the client transaction of other methods (RFC 3261 17.1.2)', () => {
  it('caps Timer E at T2', () => {
    let state = startNonInviteClient(CONFIGS['udp']!).state;
    const intervals: number[] = [];
    for (let i = 0; i < 5; i++) {
      state = stepNonInviteClient(state, { type: 'timer', timer: 'E' }, CONFIGS['udp']!).state;
      intervals.push(state.retryMs);
    }
    expect(intervals).toEqual([1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  const cells: readonly Cell[] = [
    ['udp', 'trying', 'response 100', 'proceeding: deliver'],
    ['udp', 'trying', 'response 200', 'completed: disarm E, disarm F, deliver, arm K 5000'],
    ['udp', 'trying', 'response 404', 'completed: disarm E, disarm F, deliver, arm K 5000'],
    ['udp', 'trying', 'timer E', 'trying: send-request, arm E 1000'],
    ['udp', 'trying', 'timer F', 'terminated: timed-out, terminated'],
    ['udp', 'trying', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'proceeding', 'response 100', 'proceeding: deliver'],
    ['udp', 'proceeding', 'response 200', 'completed: disarm E, disarm F, deliver, arm K 5000'],
    ['udp', 'proceeding', 'response 404', 'completed: disarm E, disarm F, deliver, arm K 5000'],
    ['udp', 'proceeding', 'timer E', 'proceeding: send-request, arm E 4000'],
    ['udp', 'proceeding', 'timer F', 'terminated: timed-out, terminated'],
    ['udp', 'proceeding', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'completed', 'timer K', 'terminated: terminated'],
    ['tcp', 'trying', 'response 200', 'terminated: deliver, terminated'],
    ['tcp', 'trying', 'response 404', 'terminated: deliver, terminated'],
    ['tcp', 'proceeding', 'response 200', 'terminated: deliver, terminated'],
    ['tcp', 'proceeding', 'response 404', 'terminated: deliver, terminated'],
  ];
  testTable({ trying: { name: 'trying', retryMs: 500 }, proceeding: { name: 'proceeding', retryMs: 4_000 }, completed: { name: 'completed', retryMs: 0 }, terminated: { name: 'terminated', retryMs: 0 } }, ['response 100', 'response 200', 'response 404', 'timer E', 'timer F', 'timer K', 'transport-error'], cells, stepNonInviteClient);
});

describe('the INVITE server transaction (RFC 3261 17.2.1, RFC 6026)', () => {
  it('owes a 100 after 200 ms', () => expect(outcomeOf(startInviteServer())).toBe('proceeding: arm trying 200'));

  const cells: readonly Cell[] = [
    ['udp', 'proceeding', 'respond 180', 'proceeding: disarm trying, send-response'],
    ['udp', 'proceeding', 'respond 200', 'accepted: disarm trying, send-response, arm L 32000'],
    ['udp', 'proceeding', 'respond 486', 'completed: disarm trying, send-response, arm G 500, arm H 32000'],
    ['udp', 'proceeding', 'timer trying', 'proceeding: send-trying'],
    ['udp', 'proceeding', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'proceeding, answered', 'request', 'proceeding: resend-response'],
    ['udp', 'proceeding, answered', 'respond 180', 'proceeding: send-response'],
    ['udp', 'proceeding, answered', 'respond 200', 'accepted: send-response, arm L 32000'],
    ['udp', 'proceeding, answered', 'respond 486', 'completed: send-response, arm G 500, arm H 32000'],
    ['udp', 'proceeding, answered', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'accepted', 'ack', 'accepted: deliver-ack'],
    ['udp', 'accepted', 'respond 200', 'accepted: send-response'],
    ['udp', 'accepted', 'timer L', 'terminated: terminated'],
    ['udp', 'accepted', 'transport-error', 'accepted: transport-failed'],
    ['udp', 'completed', 'request', 'completed: resend-response'],
    ['udp', 'completed', 'ack', 'confirmed: disarm G, disarm H, arm I 5000'],
    ['udp', 'completed', 'timer G', 'completed: resend-response, arm G 1000'],
    ['udp', 'completed', 'timer H', 'terminated: timed-out, terminated'],
    ['udp', 'completed', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'confirmed', 'timer I', 'terminated: terminated'],
    ['tcp', 'proceeding', 'respond 486', 'completed: disarm trying, send-response, arm H 32000'],
    ['tcp', 'proceeding, answered', 'respond 486', 'completed: send-response, arm H 32000'],
    ['tcp', 'completed', 'ack', 'terminated: terminated'],
  ];
  testTable({ proceeding: { name: 'proceeding', retryMs: 0, hasAnswered: false }, 'proceeding, answered': { name: 'proceeding', retryMs: 0, hasAnswered: true }, accepted: { name: 'accepted', retryMs: 0, hasAnswered: true }, completed: { name: 'completed', retryMs: 500, hasAnswered: true }, confirmed: { name: 'confirmed', retryMs: 0, hasAnswered: true }, terminated: { name: 'terminated', retryMs: 0, hasAnswered: true } }, ['request', 'ack', 'respond 180', 'respond 200', 'respond 486', 'timer trying', 'timer G', 'timer H', 'timer I', 'timer L', 'transport-error'], cells, stepInviteServer);
});

describe('the server transaction of other methods (RFC 3261 17.2.2)', () => {
  it('begins in silence', () => expect(outcomeOf(startNonInviteServer())).toBe('trying: nothing'));

  const cells: readonly Cell[] = [
    ['udp', 'trying', 'respond 100', 'proceeding: send-response'],
    ['udp', 'trying', 'respond 200', 'completed: send-response, arm J 32000'],
    ['udp', 'trying', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'proceeding', 'request', 'proceeding: resend-response'],
    ['udp', 'proceeding', 'respond 100', 'proceeding: send-response'],
    ['udp', 'proceeding', 'respond 200', 'completed: send-response, arm J 32000'],
    ['udp', 'proceeding', 'transport-error', 'terminated: transport-failed, terminated'],
    ['udp', 'completed', 'request', 'completed: resend-response'],
    ['udp', 'completed', 'timer J', 'terminated: terminated'],
    ['udp', 'completed', 'transport-error', 'terminated: transport-failed, terminated'],
    ['tcp', 'trying', 'respond 200', 'terminated: send-response, terminated'],
    ['tcp', 'proceeding', 'respond 200', 'terminated: send-response, terminated'],
  ];
  testTable({ trying: { name: 'trying' }, proceeding: { name: 'proceeding' }, completed: { name: 'completed' }, terminated: { name: 'terminated' } }, ['request', 'respond 100', 'respond 200', 'timer J', 'transport-error'], cells, stepNonInviteServer);
});
