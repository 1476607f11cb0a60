/** The call that an address names after its "#", as a link from elsewhere in the page does: read on in the log until it is there, not beyond a day. */
import { useEffect } from 'react';
import type { CallLogEntry } from '#contract/call-log.ts';
import { useFragment } from '../../router/address.ts';

const BEGINNING = 'call-';
/** Who links to a call has seen it today. */
const SOUGHT_MS = 25 * 3_600_000;

export const isCallSought = (hash: string): boolean => hash.startsWith(BEGINNING);

export function useSoughtCall(calls: readonly CallLogEntry[], log: { readonly hasNextPage: boolean; readonly isFetching: boolean; readonly fetchNextPage: () => Promise<unknown> }, nowMs: number): string | null {
  const hash = useFragment();
  const id = isCallSought(hash) ? hash.slice(BEGINNING.length) : null;
  const oldest = calls.at(-1);
  const isMissing = id !== null && oldest !== undefined && !calls.some((call) => call.id === id);
  const isWithinReach = oldest !== undefined && Date.parse(oldest.startedAt) > nowMs - SOUGHT_MS;
  const { hasNextPage, isFetching, fetchNextPage } = log;
  useEffect(() => {
    if (isMissing && isWithinReach && hasNextPage && !isFetching) void fetchNextPage();
  }, [isMissing, isWithinReach, hasNextPage, isFetching, fetchNextPage]);
  return id;
}
