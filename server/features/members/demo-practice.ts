/** Makes the demo practice of a first start, so that the first call needs no setting. Makes nothing where it exists. */
import type { MemberId, PracticeId } from '#contract/ids.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import { inInstallation, inPractice } from '#server/platform/storage/database.ts';
import type { Database } from '#server/platform/storage/database.ts';
import type { MemberTables } from './member-tables.ts';

export interface DemoPractice {
  practiceId: PracticeId;
  memberId: MemberId;
}

export async function seedDemoPractice({ database, clock, random, isSandbox }: { database: Database; clock: Clock; random: RandomSource; isSandbox: boolean }): Promise<DemoPractice> {
  const practiceId = await findOrCreatePractice(database, clock, random, isSandbox);
  return inPractice<MemberTables, DemoPractice>(database, practiceId, async (transaction) => {
    const member = await transaction.selectFrom('member').select('id').where('disabled_at', 'is', null).orderBy('id').executeTakeFirst();
    if (member !== undefined) return { practiceId, memberId: member.id as MemberId };
    const memberId = createId(clock.now(), random) as MemberId;
    await transaction.insertInto('member').values({ id: memberId, practice_id: practiceId, name: 'Dr. Hannah Lee', created_at: new Date(clock.now()), disabled_at: null, person_id: null, roles: ['physician', 'practice-admin', 'operator'] }).execute();
    return { practiceId, memberId };
  });
}

/** The practice and the first of its members, where a start has made them. */
export async function findDemoPractice(database: Database): Promise<DemoPractice | undefined> {
  const practice = await inInstallation<MemberTables, { id: string } | undefined>(database, (transaction) => transaction.selectFrom('practice').select('id').where('is_demo', '=', true).executeTakeFirst());
  if (practice === undefined) return undefined;
  const member = await inPractice<MemberTables, { id: string } | undefined>(database, practice.id, (transaction) =>
    transaction.selectFrom('member').select('id').where('disabled_at', 'is', null).orderBy('id').executeTakeFirst(),
  );
  return member === undefined ? undefined : { practiceId: practice.id as PracticeId, memberId: member.id as MemberId };
}

function findOrCreatePractice(database: Database, clock: Clock, random: RandomSource, isSandbox: boolean): Promise<PracticeId> {
  return inInstallation<MemberTables, PracticeId>(database, async (transaction) => {
    const found = await transaction.selectFrom('practice').select('id').where('is_demo', '=', true).executeTakeFirst();
    if (found !== undefined) return found.id as PracticeId;
    const id = createId(clock.now(), random) as PracticeId;
    const row = { id, name: 'Lakeside Clinic', country: 'US', time_zone: 'America/Chicago', is_sandbox: isSandbox, is_demo: true, created_at: new Date(clock.now()) };
    await transaction.insertInto('practice').values(row).execute();
    return id;
  });
}
