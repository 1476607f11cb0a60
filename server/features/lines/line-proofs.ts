/** A line's way from a number somebody typed to one the practice may show: added, called with a code, code entered, approved. Each step is in the audit. */
import { timingSafeEqual } from 'node:crypto';
import type { Selectable, Transaction } from 'kysely';
import type { AuditAction, AuditActor } from '#contract/audit.ts';
import type { E164, LineId, PracticeId } from '#contract/ids.ts';
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
import { appendAudit } from '../audit/index.ts';
import { decideDestination } from '../plan/index.ts';
import { placeCodeCall } from './code-call.ts';
import type { CodeCall as RunningCall, CodeCallParts } from './code-call.ts';
import { admitCodeCall, codeFrom, isApprovalDue, isReminderDue, judgeCode, PROOF_LIFETIME_MS, proofStateOf } from './line-proof-policy.ts';
import type { LineTables } from './line-store.ts';

type Row = Selectable<LineTables['line']>;
type Tables = Transaction<LineTables>;

export interface LineActor {
  readonly practice: { readonly id: PracticeId; readonly country: string; readonly isSandbox: boolean };
  readonly actor: AuditActor;
}

export interface LineProofs {
  list(who: LineActor): Promise<LineDetail[]>;
  add(who: LineActor, line: { name: string; number: string; extension: string | null }): Promise<Result<LineDetail, 'number-not-allowed' | 'number-taken'>>;
  callWithCode(who: LineActor, lineId: LineId): Promise<Result<LineDetail, 'not-found' | 'too-many-code-calls' | 'code-call-running' | 'no-line-to-call-from' | 'call-not-possible'>>;
  enterCode(who: LineActor, lineId: LineId, code: string): Promise<Result<LineDetail, 'not-found' | 'no-code' | 'code-wrong' | 'code-expired' | 'too-many-tries'>>;
  approve(who: LineActor, lineId: LineId): Promise<Result<LineDetail, 'not-found' | 'not-awaiting-approval'>>;
  makeDefault(who: LineActor, lineId: LineId): Promise<Result<LineDetail, 'not-found' | 'line-not-proven'>>;
  remove(who: LineActor, lineId: LineId): Promise<Result<void, 'not-found' | 'last-line'>>;
  /** Hangs up the calls that speak codes just now. */
  close(): void;
}

export interface LineProofParts extends CodeCallParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
}

export function createLineProofs(parts: LineProofParts): LineProofs {
  const { database, clock, random, log } = parts;
  // How the last call to each line went: for the screen that waits beside it, and worth nothing after a restart.
  const codeCalls = new Map<string, CodeCall>();
  const running = new Set<RunningCall>();

  const within = <Value>({ practice }: LineActor, run: (transaction: Tables) => Promise<Value>): Promise<Value> => inPractice<LineTables, Value>(database, practice.id, run);
  const find = (transaction: Tables, lineId: LineId): Promise<Row | undefined> =>
    transaction.selectFrom('line').selectAll().where('id', '=', lineId).where('removed_at', 'is', null).forUpdate().executeTakeFirst();
  const change = (transaction: Tables, row: Row, values: Partial<Row>): Promise<Row> =>
    transaction.updateTable('line').set(values).where('id', '=', row.id).returningAll().executeTakeFirstOrThrow();
  const audit = (transaction: Tables, { practice, actor }: LineActor, action: AuditAction, id: string, detail = {}): Promise<void> =>
    appendAudit(transaction, clock.now(), { practiceId: practice.id, actor, action, subject: { kind: 'line', id }, detail });
  const viewOf = (row: Row): LineDetail => detailOf(row, codeCalls.get(row.id) ?? 'none', clock.now());
  const proven = (row: Row): boolean => proofStateOf(factsOf(row), clock.now()) === 'proven';

  const placeCall = async (line: Row, from: Row, code: string): Promise<boolean> => {
    codeCalls.set(line.id, 'calling');
    const request = { callId: createId(clock.now(), random), to: line.number, from: { number: from.number, name: from.name }, extension: line.extension, code };
    const call: RunningCall | undefined = await placeCodeCall(parts, request, {
      onSpeaking: () => codeCalls.set(line.id, 'speaking'),
      onOver(outcome, over) {
        codeCalls.set(line.id, outcome);
        running.delete(over);
      },
    }).catch((cause: unknown) => {
      log.error('code-call-not-placed', cause);
      return undefined;
    });
    if (call === undefined) codeCalls.set(line.id, 'not-reached');
    else if (codeCalls.get(line.id) === 'calling' || codeCalls.get(line.id) === 'speaking') running.add(call);
    return call !== undefined;
  };

  return {
    list: (who) => within(who, async (transaction) => (await transaction.selectFrom('line').selectAll().where('removed_at', 'is', null).orderBy('is_default', 'desc').orderBy('name').execute()).map(viewOf)),

    async add(who, { name, number, extension }) {
      const { practice } = who;
      const verdict = decideDestination({ practiceCountry: practice.country, isSandbox: practice.isSandbox, allowedCountries: [] }, number);
      if (verdict.kind !== 'allowed') return refused('number-not-allowed');
      const id = createId(clock.now(), random);
      try {
        return await within(who, async (transaction) => {
          const row = await transaction
            .insertInto('line')
            .values({ id, practice_id: practice.id, name, number: verdict.to, kind: 'verified', is_default: false, created_at: new Date(clock.now()), proven_at: null, removed_at: null, extension, code_hash: null, code_issued_at: null, code_tries: 0, code_calls: 0, code_calls_since: null, code_entered_at: null })
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

    async callWithCode(who, lineId) {
      const state = codeCalls.get(lineId);
      if (state === 'calling' || state === 'speaking') return refused('code-call-running');
      const code = freshCode(random);
      const prepared = await within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined || line.kind === 'hosted') return refused('not-found');
        const others = await transaction.selectFrom('line').selectAll().where('removed_at', 'is', null).where('id', '!=', lineId).orderBy('is_default', 'desc').execute();
        // The number to be proven is shown to nobody yet, its own desk included.
        const from = others.find(proven);
        if (from === undefined) return refused('no-line-to-call-from');
        const admitted = admitCodeCall({ calls: line.code_calls, callsSince: line.code_calls_since?.getTime() ?? null }, clock.now());
        if (!admitted.ok) return admitted;
        const { calls, callsSince } = admitted.value;
        const changed = await change(transaction, line, { code_hash: hashOf(lineId, code), code_issued_at: new Date(clock.now()), code_tries: 0, code_calls: calls, code_calls_since: callsSince === null ? null : new Date(callsSince) });
        await audit(transaction, who, 'line-code-called', lineId);
        return ok({ line: changed, from });
      });
      if (!prepared.ok) return prepared;
      const { line, from } = prepared.value;
      return (await placeCall(line, from, code)) ? ok(viewOf(line)) : refused('call-not-possible');
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
          return ok(viewOf(changed));
        }
        if (judged.refusal === 'code-wrong') await change(transaction, line, { code_tries: line.code_tries + 1 });
        await audit(transaction, who, 'line-code-refused', lineId, { reason: judged.refusal });
        return judged;
      }),

    approve: (who, lineId) =>
      within(who, async (transaction) => {
        const line = await find(transaction, lineId);
        if (line === undefined) return refused('not-found');
        if (!isApprovalDue(factsOf(line))) return refused('not-awaiting-approval');
        const changed = await change(transaction, line, { proven_at: new Date(clock.now()) });
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
        await change(transaction, line, { removed_at: new Date(clock.now()), is_default: false });
        await audit(transaction, who, 'line-removed', lineId);
        return ok(undefined);
      }),

    close() {
      for (const call of running) call.hangUp();
    },
  };
}

const factsOf = (row: Row) => ({ kind: row.kind, provenAt: row.proven_at?.getTime() ?? null, codeEnteredAt: row.code_entered_at?.getTime() ?? null });

function detailOf(row: Row, codeCall: CodeCall, nowMs: number): LineDetail {
  const facts = factsOf(row);
  return {
    id: row.id as LineId,
    name: row.name,
    number: row.number as E164,
    kind: row.kind,
    isDefault: row.is_default,
    state: proofStateOf(facts, nowMs),
    extension: row.extension,
    codeCall,
    provenAt: row.proven_at?.toISOString() ?? null,
    expiresAt: row.kind === 'hosted' || facts.provenAt === null ? null : new Date(facts.provenAt + PROOF_LIFETIME_MS).toISOString(),
    isReminderDue: isReminderDue(facts, nowMs),
  };
}

/** Bound to its line: a code that was spoken to one number proves no other. */
const hashOf = (lineId: LineId, code: string): Buffer => hashToken(`${lineId}:${code}`);

function freshCode(random: RandomSource): string {
  for (;;) {
    const code = codeFrom(random.bytes(16));
    if (code !== undefined) return code;
  }
}
