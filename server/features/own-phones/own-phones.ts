/** Members' own phones: one each, sealed to its member, proven by a code that was heard on it. Gives an unproven number to nobody; rings none for a call. */
import { timingSafeEqual } from 'node:crypto';
import type { Generated, Selectable, Transaction } from 'kysely';
import type { AuditAction, AuditActor } from '#contract/audit.ts';
import type { E164, MemberId, PracticeId } from '#contract/ids.ts';
import type { CodeCall } from '#contract/lines.ts';
import type { OwnPhoneView } from '#contract/own-phone.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { RecordCipher, RecordPlace } from '#server/platform/crypto/record-cipher.ts';
import { hashToken } from '#server/platform/crypto/token.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { admitCodeCall, codeCallsLeft, enterableCodeOf, freshCode, judgeCode, listProvenLines, placeCodeCall, PROOF_LIFETIME_MS, type CodeCallParts, type RunningCall } from '../lines/index.ts';
import { mayBeDialled } from '../plan/index.ts';

interface OwnPhoneTables {
  own_phone: {
    practice_id: string; member_id: string; number_sealed: Buffer | null; proven_at: Date | null;
    code_hash: Buffer | null; code_issued_at: Date | null; code_tries: Generated<number>; code_calls: Generated<number>; code_calls_since: Date | null;
  };
}
type Row = Selectable<OwnPhoneTables['own_phone']>;
type Tables = Transaction<OwnPhoneTables>;

export interface PhoneOwner {
  readonly practice: { readonly id: PracticeId; readonly country: string; readonly isSandbox: boolean };
  readonly memberId: MemberId;
  readonly actor: AuditActor;
}

export interface OwnPhones {
  read(owner: PhoneOwner): Promise<OwnPhoneView>;
  set(owner: PhoneOwner, typed: string): Promise<Result<OwnPhoneView, 'number-not-allowed'>>;
  callWithCode(owner: PhoneOwner): Promise<Result<OwnPhoneView, 'no-phone' | 'too-many-code-calls' | 'code-call-running' | 'no-line-to-call-from' | 'number-not-allowed' | 'call-not-possible'>>;
  /** Hangs up, and lets nobody enter what was heard so far. */
  stopCodeCall(owner: PhoneOwner): Promise<OwnPhoneView>;
  enterCode(owner: PhoneOwner, code: string): Promise<Result<OwnPhoneView, 'no-phone' | 'no-code' | 'code-wrong' | 'code-expired' | 'too-many-tries'>>;
  remove(owner: PhoneOwner): Promise<OwnPhoneView>;
  /** What may be rung: proven to be the member's, or lent by the sandbox. */
  findProven(owner: { practiceId: PracticeId; memberId: MemberId }): Promise<E164 | undefined>;
  /** Hangs up the calls that prove phones just now. */
  close(): void;
}

export interface OwnPhoneParts extends CodeCallParts {
  readonly database: Database;
  readonly cipher: RecordCipher;
  readonly random: RandomSource;
  /** The sandbox's phone, which stands for every member's; undefined where calls are real. */
  readonly lentPhone: E164 | undefined;
}

export function createOwnPhones(parts: OwnPhoneParts): OwnPhones {
  const { database, cipher, clock, random, log, lentPhone } = parts;
  // How the last call to each went: for the screen that waits beside it, and worth nothing after a restart.
  const codeCalls = new Map<string, CodeCall>();
  const running = new Map<string, RunningCall>();

  const placeOf = (practiceId: string, memberId: string): RecordPlace => ({ practiceId, table: 'own_phone', column: 'number', rowId: memberId });
  const numberOf = (row: Row | undefined): E164 | null => (row === undefined || row.number_sealed === null ? null : (cipher.open(placeOf(row.practice_id, row.member_id), row.number_sealed) as E164));
  const within = <Value>(practiceId: PracticeId, run: (transaction: Tables) => Promise<Value>): Promise<Value> => inPractice<OwnPhoneTables, Value>(database, practiceId, run);
  const find = (transaction: Tables, memberId: MemberId): Promise<Row | undefined> => transaction.selectFrom('own_phone').selectAll().where('member_id', '=', memberId).executeTakeFirst();
  const change = (transaction: Tables, { practice, memberId }: PhoneOwner, values: Partial<Row>): Promise<Row> =>
    transaction
      .insertInto('own_phone')
      .values({ practice_id: practice.id, member_id: memberId, number_sealed: null, proven_at: null, code_hash: null, code_issued_at: null, code_calls_since: null, ...values })
      .onConflict((conflict) => conflict.columns(['practice_id', 'member_id']).doUpdateSet(values))
      .returningAll()
      .executeTakeFirstOrThrow();
  const audit = (transaction: Tables, { practice, memberId, actor }: PhoneOwner, action: AuditAction, detail = {}): Promise<void> =>
    appendAudit(transaction, clock.now(), { practiceId: practice.id, actor, action, subject: { kind: 'member', id: memberId }, detail });
  const isProven = ({ proven_at }: Row): boolean => proven_at !== null && clock.now() < proven_at.getTime() + PROOF_LIFETIME_MS;
  /** Nobody can listen to the sandbox's phone: whoever keeps none of their own there is lent it, proven. */
  const lentTo = (row: Row | undefined, practice: { readonly isSandbox: boolean }): E164 | undefined => (practice.isSandbox && (row?.number_sealed ?? null) === null ? lentPhone : undefined);

  const viewOf = (row: Row | undefined, { practice, memberId }: PhoneOwner): OwnPhoneView => {
    const nowMs = clock.now();
    const lent = lentTo(row, practice);
    const number = lent ?? numberOf(row);
    const code = row === undefined || number === null ? null : enterableCodeOf({ issuedAt: row.code_issued_at?.getTime() ?? null, tries: row.code_tries }, nowMs);
    return {
      number,
      state: lent !== undefined ? 'lent' : row === undefined || number === null ? 'none' : isProven(row) ? 'proven' : row.proven_at === null ? 'unproven' : 'expired',
      codeCall: codeCalls.get(memberId) ?? 'none',
      code: code === null ? null : { expiresAt: new Date(code.expiresAtMs).toISOString(), triesLeft: code.triesLeft },
      codeCallsLeft: codeCallsLeft({ calls: row?.code_calls ?? 0, callsSince: row?.code_calls_since?.getTime() ?? null }, nowMs),
      expiresAt: lent !== undefined ? null : expiryOf(row?.proven_at ?? null),
    };
  };

  const forget = (memberId: MemberId): void => {
    running.get(memberId)?.hangUp();
    codeCalls.delete(memberId);
  };

  const place = async (memberId: MemberId, to: E164, from: { number: string; name: string }, code: string): Promise<boolean> => {
    codeCalls.set(memberId, 'calling');
    let isOver = false;
    const call = await placeCodeCall(parts, { callId: createId(clock.now(), random), to, from, extension: null, code }, {
      onStep: (step) => codeCalls.set(memberId, step),
      onOver(outcome) {
        isOver = true;
        codeCalls.set(memberId, outcome);
        running.delete(memberId);
      },
    }).catch((cause: unknown) => {
      log.error('own-phone-not-called', cause);
      return undefined;
    });
    if (call === undefined) codeCalls.set(memberId, 'not-reached');
    else if (!isOver) running.set(memberId, call);
    return call !== undefined;
  };

  return {
    read: (owner) => within(owner.practice.id, async (transaction) => viewOf(await find(transaction, owner.memberId), owner)),

    set: (owner, typed) =>
      within(owner.practice.id, async (transaction) => {
        const to = await mayBeDialled(transaction, owner.practice, typed);
        if (to === undefined) return refused('number-not-allowed');
        forget(owner.memberId);
        const { practice, memberId } = owner;
        const row = await change(transaction, owner, { number_sealed: cipher.seal(placeOf(practice.id, memberId), to), proven_at: null, code_hash: null, code_issued_at: null, code_tries: 0 });
        await audit(transaction, owner, 'own-phone-added');
        return ok(viewOf(row, owner));
      }),

    async callWithCode(owner) {
      const { practice, memberId } = owner;
      if (running.has(memberId) || codeCalls.get(memberId) === 'calling') return refused('code-call-running');
      const [line] = await listProvenLines(database, practice.id);
      const prepared = await within(practice.id, async (transaction) => {
        const row = await find(transaction, memberId);
        const number = numberOf(row);
        if (row === undefined || number === null) return refused('no-phone');
        if (line === undefined) return refused('no-line-to-call-from');
        // The plan may have become narrower since it was typed.
        if ((await mayBeDialled(transaction, practice, number)) === undefined) return refused('number-not-allowed');
        const admitted = admitCodeCall({ calls: row.code_calls, callsSince: row.code_calls_since?.getTime() ?? null }, clock.now());
        if (!admitted.ok) return admitted;
        const { calls, callsSince } = admitted.value;
        const code = freshCode(random);
        const changed = await change(transaction, owner, { code_hash: hashOf(memberId, code), code_issued_at: new Date(clock.now()), code_tries: 0, code_calls: calls, code_calls_since: callsSince === null ? null : new Date(callsSince) });
        await audit(transaction, owner, 'own-phone-code-called');
        return ok({ row: changed, number, code });
      });
      if (!prepared.ok) return prepared;
      const { row, number, code } = prepared.value;
      return (await place(memberId, number, { number: line!.number, name: line!.name }, code)) ? ok(viewOf(row, owner)) : refused('call-not-possible');
    },

    async stopCodeCall(owner) {
      running.get(owner.memberId)?.hangUp();
      return within(owner.practice.id, async (transaction) => {
        const row = await find(transaction, owner.memberId);
        return viewOf(row === undefined ? undefined : await change(transaction, owner, { code_hash: null, code_issued_at: null, code_tries: 0 }), owner);
      });
    },

    enterCode: (owner, code) =>
      within(owner.practice.id, async (transaction) => {
        const { memberId } = owner;
        const row = await transaction.selectFrom('own_phone').selectAll().where('member_id', '=', memberId).forUpdate().executeTakeFirst();
        if (row === undefined || numberOf(row) === null) return refused('no-phone');
        const isRight = row.code_hash !== null && timingSafeEqual(row.code_hash, hashOf(memberId, code));
        const judged = judgeCode({ issuedAt: row.code_issued_at?.getTime() ?? null, tries: row.code_tries, isRight }, clock.now());
        if (judged.ok) {
          const proven = await change(transaction, owner, { code_hash: null, code_issued_at: null, proven_at: new Date(clock.now()) });
          await audit(transaction, owner, 'own-phone-proven');
          running.get(memberId)?.hangUp();
          return ok(viewOf(proven, owner));
        }
        if (judged.refusal === 'code-wrong') await change(transaction, owner, { code_tries: row.code_tries + 1 });
        await audit(transaction, owner, 'own-phone-code-refused', { reason: judged.refusal });
        return judged;
      }),

    remove: (owner) =>
      within(owner.practice.id, async (transaction) => {
        forget(owner.memberId);
        const row = await change(transaction, owner, { number_sealed: null, proven_at: null, code_hash: null, code_issued_at: null, code_tries: 0 });
        await audit(transaction, owner, 'own-phone-removed');
        return viewOf(row, owner);
      }),

    findProven: ({ practiceId, memberId }) =>
      within(practiceId, async (transaction) => {
        const row = await find(transaction, memberId);
        if (row === undefined || row.number_sealed === null) return lentPhone;
        return isProven(row) ? (numberOf(row) ?? undefined) : undefined;
      }),

    close() {
      for (const call of running.values()) call.hangUp();
    },
  };
}

const expiryOf = (provenAt: Date | null): string | null => (provenAt === null ? null : new Date(provenAt.getTime() + PROOF_LIFETIME_MS).toISOString());

/** Bound to its member: a code that was spoken to one phone proves no other's. */
const hashOf = (memberId: MemberId, code: string): Buffer => hashToken(`${memberId}:${code}`);
