/** Whose number was called: found before any practice is known, so it shows no more than that. */
import type { E164, LineId, PracticeId } from '#contract/ids.ts';
import type { GreetingLanguage } from '#contract/voicemail.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';

export interface CalledLine {
  readonly practiceId: PracticeId;
  readonly lineId: LineId;
  readonly number: E164;
  /** A verified line is the clinic's own telephone system's: a call to it can only have come here by a mistake of the trunk. */
  readonly kind: 'hosted' | 'verified';
  /** A hosted line nobody has proven may be a number that was typed wrong, and another's. */
  readonly isProven: boolean;
}

interface Tables {
  line: { id: string; practice_id: string; number: string; kind: 'hosted' | 'verified'; proven_at: Date | null; removed_at: Date | null };
}

/** One number belongs to one practice of the installation (migration 2), so there is one line or none. */
export async function findCalledLine(database: Database, number: string): Promise<CalledLine | undefined> {
  const row = await inInstallation<Tables, Pick<Tables['line'], 'id' | 'practice_id' | 'number' | 'kind' | 'proven_at'> | undefined>(database, (transaction) =>
    transaction.selectFrom('line').select(['id', 'practice_id', 'number', 'kind', 'proven_at']).where('number', '=', number).where('removed_at', 'is', null).executeTakeFirst(),
  );
  return row === undefined ? undefined : { practiceId: row.practice_id as PracticeId, lineId: row.id as LineId, number: row.number as E164, kind: row.kind, isProven: row.proven_at !== null };
}

/** In which languages the practice wants its callers spoken to. */
export function readCallersLanguages(database: Database, practiceId: PracticeId): Promise<readonly GreetingLanguage[]> {
  return inPractice<{ practice: { id: string; greeting_languages: GreetingLanguage[] } }, readonly GreetingLanguage[]>(database, practiceId, async (transaction) =>
    (await transaction.selectFrom('practice').select('greeting_languages').where('id', '=', practiceId).executeTakeFirstOrThrow()).greeting_languages,
  );
}
