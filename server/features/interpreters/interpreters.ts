/** A practice's interpreter services: kept with their code sealed to its row, which leaves it only to be pressed. Calls nobody. */
import type { AuditAction, AuditActor } from '#contract/audit.ts';
import type { E164, InterpreterServiceId, PracticeId } from '#contract/ids.ts';
import { mostInterpreterServices, type InterpreterServiceView } from '#contract/interpreters.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { RecordCipher, RecordPlace } from '#server/platform/crypto/record-cipher.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import type { SealedColumn } from '#server/platform/storage/sealed-columns.ts';
import { appendAudit } from '../audit/index.ts';
import { decideDestination } from '../plan/index.ts';

interface InterpreterTables {
  interpreter_service: { practice_id: string; id: string; name: string; number: string; languages: string[]; code_sealed: Buffer | null; created_at: Date; removed_at: Date | null };
}
type Row = InterpreterTables['interpreter_service'];

export interface InterpreterAdmin {
  readonly practice: { readonly id: PracticeId; readonly country: string; readonly isSandbox: boolean };
  readonly actor: AuditActor;
}

export interface ServiceWords {
  readonly name: string;
  readonly number: string;
  readonly languages: readonly string[];
  /** Undefined: as it is. */
  readonly code?: string | null | undefined;
}

export interface Interpreters {
  list(practiceId: PracticeId): Promise<InterpreterServiceView[]>;
  /** As it is dialled; undefined where the practice has no such service. */
  open(practiceId: PracticeId, id: InterpreterServiceId): Promise<{ name: string; number: E164; code: string | undefined } | undefined>;
  add(admin: InterpreterAdmin, words: ServiceWords): Promise<Result<InterpreterServiceView, 'number-not-allowed' | 'too-many'>>;
  change(admin: InterpreterAdmin, id: InterpreterServiceId, words: ServiceWords): Promise<Result<InterpreterServiceView, 'number-not-allowed' | 'not-found'>>;
  /** Whether there was one. */
  remove(admin: InterpreterAdmin, id: InterpreterServiceId): Promise<boolean>;
}

export const sealedInterpreterColumns: readonly SealedColumn[] = [{ table: 'interpreter_service', column: 'code_sealed', placeTable: 'interpreter_service', placeColumn: 'code', rowId: 'id::text' }];

const placeOfCode = (practiceId: string, rowId: string): RecordPlace => ({ practiceId, table: 'interpreter_service', column: 'code', rowId });

const viewOf = (row: Row): InterpreterServiceView => ({ id: row.id as InterpreterServiceId, name: row.name, number: row.number as E164, languages: row.languages, hasCode: row.code_sealed !== null });

export function createInterpreters({ database, cipher, clock, random }: { database: Database; cipher: RecordCipher; clock: Clock; random: RandomSource }): Interpreters {
  const within = <Value>(practiceId: PracticeId, run: Parameters<typeof inPractice<InterpreterTables, Value>>[2]): Promise<Value> => inPractice<InterpreterTables, Value>(database, practiceId, run);
  const write = (transaction: unknown, { practice, actor }: InterpreterAdmin, action: AuditAction, id: string): Promise<void> => appendAudit(transaction, clock.now(), { practiceId: practice.id, actor, action, subject: { kind: 'interpreter-service', id } });
  /** Where one may always dial: what is allowed abroad today may not be tomorrow, with a patient on the line. */
  const numberOf = ({ practice }: InterpreterAdmin, typed: string): E164 | undefined => {
    const verdict = decideDestination({ practiceCountry: practice.country, isSandbox: practice.isSandbox, allowedCountries: [] }, typed);
    return verdict.kind === 'allowed' && verdict.extension === null ? verdict.to : undefined;
  };
  const codeColumn = (practiceId: string, id: string, code: string | null | undefined): { code_sealed?: Buffer | null } => (code === undefined ? {} : { code_sealed: code === null ? null : cipher.seal(placeOfCode(practiceId, id), code) });

  return {
    list: (practiceId) => within(practiceId, async (transaction) => (await transaction.selectFrom('interpreter_service').selectAll().where('removed_at', 'is', null).orderBy('name').orderBy('id').execute()).map(viewOf)),

    open: (practiceId, id) =>
      within(practiceId, async (transaction) => {
        const row = await transaction.selectFrom('interpreter_service').selectAll().where('id', '=', id).where('removed_at', 'is', null).executeTakeFirst();
        if (row === undefined) return undefined;
        return { name: row.name, number: row.number as E164, code: row.code_sealed === null ? undefined : cipher.open(placeOfCode(practiceId, id), row.code_sealed) };
      }),

    async add(admin, words) {
      const number = numberOf(admin, words.number);
      if (number === undefined) return refused('number-not-allowed');
      const { id: practiceId } = admin.practice;
      const id = createId(clock.now(), random);
      const row: Row = { practice_id: practiceId, id, name: words.name, number, languages: [...words.languages], code_sealed: null, created_at: new Date(clock.now()), removed_at: null, ...codeColumn(practiceId, id, words.code) };
      return within(practiceId, async (transaction) => {
        const { count } = await transaction.selectFrom('interpreter_service').select(({ fn }) => fn.countAll<string>().as('count')).where('removed_at', 'is', null).executeTakeFirstOrThrow();
        if (Number(count) >= mostInterpreterServices) return refused('too-many');
        await transaction.insertInto('interpreter_service').values(row).execute();
        await write(transaction, admin, 'interpreter-added', id);
        return ok(viewOf(row));
      });
    },

    async change(admin, id, words) {
      const number = numberOf(admin, words.number);
      if (number === undefined) return refused('number-not-allowed');
      const { id: practiceId } = admin.practice;
      return within(practiceId, async (transaction) => {
        const row = await transaction.updateTable('interpreter_service').set({ name: words.name, number, languages: [...words.languages], ...codeColumn(practiceId, id, words.code) }).where('id', '=', id).where('removed_at', 'is', null).returningAll().executeTakeFirst();
        if (row === undefined) return refused('not-found');
        await write(transaction, admin, 'interpreter-changed', id);
        return ok(viewOf(row));
      });
    },

    remove: (admin, id) =>
      within(admin.practice.id, async (transaction) => {
        const gone = await transaction.updateTable('interpreter_service').set({ removed_at: new Date(clock.now()), code_sealed: null }).where('id', '=', id).where('removed_at', 'is', null).executeTakeFirst();
        if (gone.numUpdatedRows === 0n) return false;
        await write(transaction, admin, 'interpreter-removed', id);
        return true;
      }),
  };
}

const PRACTICE_LANGUAGES = ['es', 'ar', 'vi', 'zh', 'de', 'fr'];

/** Gives a practice in the sandbox the practice interpreter, once: whoever removes it does without. */
export async function seedSandboxInterpreter({ database, clock, random, practiceId, interpreter }: { database: Database; clock: Clock; random: RandomSource; practiceId: string; interpreter: { readonly name: string; readonly number: string } }): Promise<void> {
  await inPractice<InterpreterTables, void>(database, practiceId, async (transaction) => {
    if ((await transaction.selectFrom('interpreter_service').select('id').executeTakeFirst()) !== undefined) return;
    await transaction.insertInto('interpreter_service').values({ practice_id: practiceId, id: createId(clock.now(), random), ...interpreter, languages: PRACTICE_LANGUAGES, code_sealed: null, created_at: new Date(clock.now()), removed_at: null }).execute();
  });
}

/** A practice that leaves the sandbox must not be offered somebody who is nobody. */
export async function removeSandboxInterpreter(database: Database, practiceId: string, nowMs: number): Promise<void> {
  await inPractice<InterpreterTables, unknown>(database, practiceId, (transaction) => transaction.updateTable('interpreter_service').set({ removed_at: new Date(nowMs), code_sealed: null }).where('removed_at', 'is', null).where('number', '~', '^[+]1[0-9]{3}55501[0-9]{2}$').execute());
}
