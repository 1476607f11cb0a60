/** What stands beside Settings for an admin while the proof of a line ends, or has ended. */
import { skipToken, useQuery } from '@tanstack/react-query';
import type { SessionView } from '#contract/api.ts';
import { words } from '../../messages/messages.ts';
import { lineDetailsQuery } from './line-queries.ts';

const AGAIN_MS = 3_600_000;

export function useLineMarks({ roles, isLocked }: SessionView): { readonly '/settings'?: string } {
  const asks = roles.includes('practice-admin') && !isLocked;
  const lines = useQuery({ ...lineDetailsQuery, ...(asks ? { staleTime: AGAIN_MS } : { queryFn: skipToken, refetchInterval: false }) });
  const count = (lines.data ?? []).filter((line) => line.isReminderDue || line.state === 'expired').length;
  return count === 0 ? {} : { '/settings': words.pages.linesDue(count) };
}
