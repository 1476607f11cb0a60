/** What the lines' screens read, and how a change makes every plate read again. */
import { queryOptions } from '@tanstack/react-query';
import type { LineDetail } from '#contract/lines.ts';
import { api } from '../../api/api-client.ts';
import { linesQuery, queryClient } from '../../api/queries.ts';

export const isCalling = ({ codeCall }: Pick<LineDetail, 'codeCall'>): boolean => codeCall === 'calling' || codeCall === 'ringing' || codeCall === 'speaking';

/** Somebody stands at a desk with a receiver in the hand: while a call is under way the screen follows it. */
const WHILE_CALLING_MS = 1_000;

export const lineDetailsQuery = queryOptions({
  queryKey: ['line-details'],
  queryFn: () => api.lines.listAll(),
  refetchInterval: ({ state }) => (state.data?.some(isCalling) === true ? WHILE_CALLING_MS : false),
});

export async function linesChanged(): Promise<void> {
  await Promise.all([queryClient.invalidateQueries({ queryKey: lineDetailsQuery.queryKey }), queryClient.invalidateQueries({ queryKey: linesQuery.queryKey })]);
}
