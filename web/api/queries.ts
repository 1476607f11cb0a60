/** What the screens read from the API, and for how long an answer is good. Writes nothing. */
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import type { CallId } from '#contract/ids.ts';
import { api, isSignedOut } from './api-client.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => !isSignedOut(error) && failures < 3,
    },
  },
});

/** Null where nobody is signed in: that is an answer, not an error. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 5 * 60_000,
  queryFn: async () => {
    try {
      return await api.session.read();
    } catch (error) {
      if (isSignedOut(error)) return null;
      throw error;
    }
  },
});

export const linesQuery = queryOptions({ queryKey: ['lines'], queryFn: () => api.lines.list() });

export const practicePatientsQuery = queryOptions({ queryKey: ['sandbox-patients'], staleTime: Infinity, queryFn: () => api.sandbox.listPatients() });

const callsOnePage = 30;

export const recentCallsQuery = infiniteQueryOptions({
  queryKey: ['calls'],
  initialPageParam: null as CallId | null,
  queryFn: ({ pageParam }) => api.calls.list(pageParam === null ? { limit: callsOnePage } : { limit: callsOnePage, before: pageParam }),
  getNextPageParam: (page) => (page.hasMore ? (page.calls.at(-1)?.id ?? null) : null),
});
