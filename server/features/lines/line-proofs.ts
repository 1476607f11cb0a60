/** A line's way from a number somebody typed to one the practice may show: added; called with a code that is entered, or, where this server's trunk has it, by a call that comes back; approved. Each step is in the audit. */
import { timingSafeEqual } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { AuditAction, AuditActor } from '#contract/audit.ts';
import type { LineId, MemberId, PracticeId } from '#contract/ids.ts';
import type { CodeCall, LineDetail } from '#contract/lines.ts';
import { ok, refused } from '#contract/result.ts';
import type { Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { hashToken } from '#server/platform/crypto/token.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { IncomingCall } from '#server/telephony/index.ts';
import { appendAudit } from '../audit/index.ts';
import { decideDestination } from '../plan/index.ts';
import { placeCodeCall } from './code-call.ts';
import type { CodeCallParts, RunningCall } from './code-call.ts';
import { detailOf, factsOf, type LineRow as Row } from './line-detail.ts';
import { admitCodeCall, freshCode, isApprovalDue, isLent, judgeCode, proofStateOf } from './line-proof-policy.ts';
import type { LineTables } from './line-store.ts';
import { placeReturnCall, type ReturnCall } from './return-call.ts';

type Tables = Transaction<LineTables>;

export interface LineActor {
  readonly practice: { readonly id: PracticeId; readonly country: string; readonly isSandbox: boolean };
  readonly actor: AuditActor;
}

/** What a practice says of a line, and may say otherwise later. */
export interface LineWords {
  readonly name: string;
  readonly extension: string | null;
  readonly callsBackTo: string | null;
}

export interface LineProofs {
  list(who: LineActor): Promise<LineDetail[]>;
  add(who: LineActor, line: LineWords & { number: string; kind: LineDetail['kind'] }): Promise<Result<LineDetail, 'number-not-allowed' | 'number-taken' | 'no-trunk'>>;
  change(who: LineActor, lineId: LineId, words: LineWords): Promise<Result<LineDetail, 'not-found'>>;
  callWithCode(who: LineActor, lineId: LineId): Promise<Result<LineDetail, 'not-found' | 'too-many-code-calls' | 'code-call-running' | 'no-line-to-call-from' | 'call-not-possible'>>;
  /** Hangs up, and lets nobody enter what was heard so far. */
  stopCodeCall(who: LineActor, lineId: LineId): Promise<Result<LineDetail, 'not-found'>>;
  enterCode(who: LineActor, lineId: LineId, code: string): Promise<Result<LineDetail, 'not-found' | 'no-code' | 'code-wrong' | 'code-expired' | 'too-many-tries'>>;
  approve(who: LineActor, lineId: LineId, adminId: MemberId): Promise<Result<LineDetail, 'not-found' | 'not-awaiting-approval'>>;
  makeDefault(who: LineActor, lineId: LineId): Promise<Result<LineDetail, 'not-found' | 'line-not-proven'>>;
  remove(who: LineActor, lineId: LineId): Promise<Result<void, 'not-found' | 'last-line'>>;
  /** Takes a call to a hosted line that is just being proven: it is what was waited for, whoever makes it, since it shows where the carrier leads the number. */
  readonly takeReturn: (call: Pick<IncomingCall, 'accept'>, line: { readonly lineId: LineId }) => Promise<boolean>;
  /** Hangs up the calls that prove lines just now. */
  close(): void;
}

export interface LineProofParts extends CodeCallParts {
  /** A number that a carrier gave the trunk: shown to the desk by the call that proves a practice's first line, and to nobody else. */
  readonly trunkNumber?: string | undefined;
  readonly database: Database;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
}

export function createLineProofs(parts: LineProofParts): LineProofs {
  const { database, clock, random, log, trunkNumber } = parts;
  // How the last call to each line went: for the screen that waits beside it, and worth nothing after a restart.
  const codeCalls = new Map<string, CodeCall>();
  const running = new Map<string, RunningCall>();
  const awaited = new Map<string, ReturnCall>();

  const within = <Value>({ practice }: LineActor, run: (transaction: Tables) => Promise<Value>): Promise<Value> => inPractice<LineTables, Value>(database, practice.id, run);
  const find = (transaction: Tables, lineId: LineId): Promise<Row | undefined> =>
    transaction.selectFrom('line').selectAll().where('id', '=', lineId).where('removed_at', 'is', null).forUpdate().executeTakeFirst();
  const change = (transaction: Tables, row: Row, values: Partial<Row>): Promise<Row> =>
    transaction.updateTable('line').set(values).where('id', '=', row.id).returningAll().executeTakeFirstOrThrow();
  const audit = (transaction: Tables, { practice, actor }: LineActor, action: AuditAction, id: string, detail = {}): Promise<void> =>
    appendAudit(transaction, clock.now(), { practiceId: practice.id, actor, action, subject: { kind: 'line', id }, detail });
  const viewOf = (row: Row): LineDetail => detailOf(row, codeCalls.get(row.id) ?? 'none', clock.now());
  const proven = (row: Row): boolean => proofStateOf(factsOf(row), clock.now()) === 'proven';

  const placeCall = async (line: Row, from: { number: string; name: string }, code: string): Promise<boolean> => {
    codeCalls.set(line.id, 'calling');
    const request = { callId: createId(clock.now(), random), to: line.number, from, extension: line.extension, code };
    let isOver = false;
    const call: RunningCall | undefined = await placeCodeCall(parts, request, {
      onStep: (step) => codeCalls.set(line.id, step),
      onOver(outcome) {
        isOver = true;
        codeCalls.set(line.id, outcome);
        running.delete(line.id);
      },
    }).catch((cause: unknown) => {
      log.error('code-call-not-placed', cause);
      return undefined;
    });
    if (call === undefined) codeCalls.set(line.id, 'not-reached');
    else if (!isOver) running.set(line.id, call);
    return call !== undefined;
  };

  const cameBack = (who: LineActor, lineId: string): Promise<CodeCall> =>
    within(who, async (transaction) => {
      const line = await find(transaction, lineId as LineId);
      // Removed meanwhile: there is nothing to prove.
      if (line === undefined) return 'stopped';
      await change(transaction, line, { code_entered_at: new Date(clock.now()) });
      await audit(transaction, who, 'line-proven', lineId);
      return 'returned';
    });
  const callAndAwait = async (who: LineActor, line: Row, from: { number: string; name: string }): Promise<boolean> => {
    codeCalls.set(line.id, 'calling');
    let isOver = false;
    const over = async (outcome: CodeCall): Promise<void> => {
      isOver = true;
      awaited.delete(line.id);
      // What the screen hears of is written down before.
      codeCalls.set(line.id, outcome === 'returned' ? await cameBack(who, line.id) : outcome);
      running.delete(line.id);
    };
    const call = await placeReturnCall(parts, { callId: createId(clock.now(), random), to: line.number, from }, {
      onRinging: () => codeCalls.set(line.id, 'ringing'),
      onOver: (outcome) =>
        void over(outcome).catch((cause: unknown) => {
          log.error('line-proof-not-kept', cause);
          codeCalls.set(line.id, 'not-reached');
          running.delete(line.id);
        }),
    }).catch((cause: unknown) => {
      log.error('return-call-not-placed', cause);
      return undefined;
    });
    if (call === undefined) codeCalls.set(line.id, 'not-reached');
    else if (!isOver) {
      running.set(line.id, call);
      awaited.set(line.id, call);
    }
    return call !== undefined;
  };

  return {
    list: (who) => within(who, async (transaction) => (await transaction.selectFrom('line').selectAll().where('removed_at', 'is', null).orderBy('is_default', 'desc').orderBy('name').execute()).map(viewOf)),

    async add(who, { name, number, kind, extension, callsBackTo }) {
      const { practice } = who;
      // Nothing would ever prove it: the sandbox's carrier brings no call back here.
      if (kind === 'hosted' && practice.isSandbox) return refused('no-trunk');
      const verdict = decideDestination({ practiceCountry: practice.country, isSandbox: practice.isSandbox, allowedCountries: [] }, number);
      if (verdict.kind !== 'allowed') return refused('number-not-allowed');
      const id = createId(clock.now(), random);
      try {
        return await within(who, async (transaction) => {
          const row = await transaction
            .insertInto('line')
            .values({ id, practice_id: practice.id, name, number: verdict.to, kind, is_default: false, created_at: new Date(clock.now()), proven_at: null, removed_at: null, extension, code_hash: null, code_issued_at: null, code_tries: 0, code_calls: 0, code_calls_since: null, code_entered_at: null, calls_back_to: callsBackTo, proven_by: null })
            .returningAll()
            .executeTakeFirstOrThrow();
          await audit(transaction, who, 'line-added', id);
          return ok(viewOf(row));
        });
      } catch (cause) {
        // Another practice's line counts too, and this one may not see it: only the index can say so.
        if (cause instanceof Error && 'constraint' in cause && cause.constraint === 'one_line_a_number') return refused('number-taken');
        throw cause;
      }
    },

    change: (who, lineId, { name, extension, callsBackTo }) =>
      within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined) return refused('not-found');
        const changed = await change(transaction, line, { name, extension, calls_back_to: callsBackTo });
        await audit(transaction, who, 'line-changed', lineId);
        return ok(viewOf(changed));
      }),

    async callWithCode(who, lineId) {
      if (running.has(lineId) || codeCalls.get(lineId) === 'calling') return refused('code-call-running');
      const prepared = await within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined || isLent(factsOf(line))) return refused('not-found');
        const others = await transaction.selectFrom('line').selectAll().where('removed_at', 'is', null).where('id', '!=', lineId).orderBy('is_default', 'desc').execute();
        // The number to be proven is shown to nobody yet, its own desk included; the trunk's own number is the carrier's word already.
        const proves = others.find(proven);
        const from = proves !== undefined ? { number: proves.number, name: proves.name } : trunkNumber === undefined || (trunkNumber === line.number && line.kind === 'verified') ? undefined : { number: trunkNumber, name: line.name };
        if (from === undefined) return refused('no-line-to-call-from');
        const admitted = admitCodeCall({ calls: line.code_calls, callsSince: line.code_calls_since?.getTime() ?? null }, clock.now());
        if (!admitted.ok) return admitted;
        const { calls, callsSince } = admitted.value;
        const code = line.kind === 'hosted' ? undefined : freshCode(random);
        const changed = await change(transaction, line, {
          ...(code === undefined ? {} : { code_hash: hashOf(lineId, code), code_issued_at: new Date(clock.now()), code_tries: 0 }),
          code_calls: calls,
          code_calls_since: callsSince === null ? null : new Date(callsSince),
        });
        await audit(transaction, who, 'line-code-called', lineId);
        return ok({ line: changed, from, code });
      });
      if (!prepared.ok) return prepared;
      const { line, from, code } = prepared.value;
      return (await (code === undefined ? callAndAwait(who, line, from) : placeCall(line, from, code))) ? ok(viewOf(line)) : refused('call-not-possible');
    },

    async stopCodeCall(who, lineId) {
      running.get(lineId)?.hangUp();
      return within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined) return refused('not-found');
        return ok(viewOf(await change(transaction, line, { code_hash: null, code_issued_at: null, code_tries: 0 })));
      });
    },

    enterCode: (who, lineId, code) =>
      within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined) return refused('not-found');
        const isRight = line.code_hash !== null && timingSafeEqual(line.code_hash, hashOf(lineId, code));
        const judged = judgeCode({ issuedAt: line.code_issued_at?.getTime() ?? null, tries: line.code_tries, isRight }, clock.now());
        if (judged.ok) {
          // The code is used up with the same statement: it proves one thing once.
          const changed = await change(transaction, line, { code_hash: null, code_issued_at: null, code_entered_at: new Date(clock.now()) });
          await audit(transaction, who, 'line-proven', lineId);
          // What was heard is heard: nobody need listen to the rest.
          running.get(lineId)?.hangUp();
          return ok(viewOf(changed));
        }
        if (judged.refusal === 'code-wrong') await change(transaction, line, { code_tries: line.code_tries + 1 });
        await audit(transaction, who, 'line-code-refused', lineId, { reason: judged.refusal });
        return judged;
      }),

    approve: (who, lineId, adminId) =>
      within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined) return refused('not-found');
        if (!isApprovalDue(factsOf(line))) return refused('not-awaiting-approval');
        const changed = await change(transaction, line, { proven_at: new Date(clock.now()), proven_by: adminId });
        await audit(transaction, who, 'line-approved', lineId);
        return ok(viewOf(changed));
      }),

    makeDefault: (who, lineId) =>
      within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined) return refused('not-found');
        if (!proven(line)) return refused('line-not-proven');
        await transaction.updateTable('line').set({ is_default: false }).where('is_default', '=', true).execute();
        const changed = await change(transaction, line, { is_default: true });
        await audit(transaction, who, 'line-default-changed', lineId);
        return ok(viewOf(changed));
      }),

    remove: (who, lineId) =>
      within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined) return refused('not-found');
        const others = await transaction.selectFrom('line').selectAll().where('removed_at', 'is', null).where('id', '!=', lineId).execute();
        // Without a line nobody can call: the last one that may be shown goes when another is there.
        if (proven(line) && !others.some(proven)) return refused('last-line');
        running.get(lineId)?.hangUp();
        await change(transaction, line, { removed_at: new Date(clock.now()), is_default: false });
        await audit(transaction, who, 'line-removed', lineId);
        return ok(undefined);
      }),

    takeReturn: async (call, { lineId }) => {
      const waiting = awaited.get(lineId);
      if (waiting === undefined) return false;
      // Refused at once, so that nothing rings on.
      call.accept(() => {}).reject(486);
      waiting.comeBack();
      return true;
    },

    close() {
      for (const call of running.values()) call.hangUp();
    },
  };
}

/** Bound to its line: a code that was spoken to one number proves no other. */
const hashOf = (lineId: LineId, code: string): Buffer => hashToken(`${lineId}:${code}`);
