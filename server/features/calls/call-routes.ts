/** The route of a member's recent calls. */
import type { PartyNumber, PracticeId } from '#contract/ids.ts';
import { api } from '../members/index.ts';
import type { MemberGuard } from '../members/index.ts';
import type { CallStore } from './call-store.ts';
import { viewOfRecord } from './call-view-policy.ts';

export interface CallRouteParts {
  readonly store: CallStore;
  readonly namesOf: (practiceId: PracticeId, numbers: readonly PartyNumber[]) => Promise<ReadonlyMap<string, string>>;
  readonly guard: MemberGuard;
}

export function createCallRoutes({ store, namesOf, guard }: CallRouteParts) {
  return {
    calls: {
      list: api.calls.list.use(guard).handler(async ({ input, context }) => {
        const { practice, member } = context.session;
        // One more than asked for tells whether there are more, without counting them.
        const records = await store.list({ practiceId: practice.id, memberId: member.id, before: input.before, limit: input.limit + 1 });
        const names = await namesOf(practice.id, records.map(({ number }) => number));
        const calls = records.slice(0, input.limit).map((record) => viewOfRecord(record, names.get(record.number) ?? null));
        return { calls, hasMore: records.length > input.limit };
      }),
    },
  };
}
