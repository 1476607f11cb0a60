/** What the screens read from the API, and for how long an answer is good. Writes nothing. */
import { infiniteQueryOptions, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import type { CallId } from '#contract/ids.ts';
import { api, isLocked, isSignedOut } from './api-client.ts';

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // Whatever learns first that the session is locked or over tells the whole page.
    onError: (error) => {
      if (isLocked(error) || isSignedOut(error)) void queryClient.invalidateQueries({ queryKey: ['session'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => !isSignedOut(error) && !isLocked(error) && failures < 3,
    },
  },
});

/** Null where nobody is signed in: that is an answer, not an error. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 30_000,
  // Also how an open page learns that it has been locked, ended or disabled elsewhere.
  refetchInterval: 60_000,
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
