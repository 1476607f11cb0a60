/** What the audit's screen reads: entries a page at a time, and whether the chain is whole. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { AuditAction, AuditEntry } from '#contract/audit.ts';
import type { MemberId } from '#contract/ids.ts';
import { api } from '../../api/api-client.ts';

/** As they stand in the fields; empty for all. */
export interface AuditChoice {
  readonly memberId: string;
  readonly action: string;
  readonly subjectKind: string;
  /** Days, the last one included. */
  readonly from: string;
  readonly until: string;
}

export const EVERYTHING: AuditChoice = { memberId: '', action: '', subjectKind: '', from: '', until: '' };

const PAGE = 50;
const DAY_MS = 86_400_000;

/** What is asked for: a day means the reader's own, from its midnight to the next. */
export function filterOf({ memberId, action, subjectKind, from, until }: AuditChoice) {
  const midnight = (day: string): number => new Date(`${day}T00:00`).getTime();
  return {
    ...(memberId === '' ? {} : { memberId: memberId as MemberId }),
    ...(action === '' ? {} : { action: action as AuditAction }),
    ...(subjectKind === '' ? {} : { subjectKind }),
    ...(from === '' ? {} : { from: new Date(midnight(from)).toISOString() }),
    ...(until === '' ? {} : { until: new Date(midnight(until) + DAY_MS).toISOString() }),
  };
}

export const auditQuery = (choice: AuditChoice) =>
  infiniteQueryOptions({
    queryKey: ['audit', choice],
    staleTime: 0,
    initialPageParam: null as number | null,
    queryFn: ({ pageParam }): Promise<AuditEntry[]> => api.audit.list({ ...filterOf(choice), limit: PAGE, ...(pageParam === null ? {} : { beforeSeq: pageParam }) }),
    getNextPageParam: (page) => (page.length < PAGE ? null : (page.at(-1)?.seq ?? null)),
  });

export const verificationQuery = queryOptions({ queryKey: ['audit-verification'], staleTime: 30_000, queryFn: () => api.audit.verify({}) });
