/** What the plan's screens read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { MemberId } from '#contract/ids.ts';
import type { DialRefusalReason, PlanView } from '#contract/plan.ts';
import { api } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';

const ONE_PAGE = 20;

export const planQuery = queryOptions({ queryKey: ['plan'], queryFn: () => api.plan.read() });

/** Every change answers with the plan as it is then. */
export function planChanged(plan: PlanView): void {
  queryClient.setQueryData(planQuery.queryKey, plan);
}

export interface RefusalFilter {
  readonly memberId: MemberId | null;
  readonly reason: DialRefusalReason | null;
}

export const refusalsQuery = ({ memberId, reason }: RefusalFilter) =>
  infiniteQueryOptions({
    queryKey: ['plan-refusals', memberId, reason],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => api.plan.listRefusals({ limit: ONE_PAGE, ...(memberId === null ? {} : { memberId }), ...(reason === null ? {} : { reason }), ...(pageParam === null ? {} : { before: pageParam }) }),
    getNextPageParam: (page) => (page.length < ONE_PAGE ? null : (page.at(-1)?.id ?? null)),
  });
