/** What the screens read from the API, and for how long an answer is good. Writes nothing. */
import { infiniteQueryOptions, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import type { CallId } from '#contract/ids.ts';
import { api, isLocked, isSignedOut } from './api-client.ts';
import { emptyVault, openVault } from './tab-vault.ts';

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
      // Asked also where the browser believes there is no network, and told at once: a screen that waits for ever says nothing.
      networkMode: 'always',
      refetchOnReconnect: true,
      retry: (failures, error) => navigator.onLine && !isSignedOut(error) && !isLocked(error) && failures < 2,
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
      const session = await api.session.read();
      if (session.draftKey !== null) await openVault(session.draftKey);
      return session;
    } catch (error) {
      if (!isSignedOut(error)) throw error;
      // Ended, revoked or run out, here or elsewhere: nothing of a patient stays on this device.
      emptyVault();
      return null;
    }
  },
});

export const linesQuery = queryOptions({ queryKey: ['lines'], queryFn: () => api.lines.list() });

export const practicePatientsQuery = queryOptions({ queryKey: ['sandbox-patients'], staleTime: Infinity, queryFn: () => api.sandbox.listPatients() });

const callsOnePage = 30;

export type LogFilter = Omit<Parameters<typeof api.calls.search>[0], 'before' | 'limit'>;

export const callLogQuery = (filter: LogFilter) =>
  infiniteQueryOptions({
    queryKey: ['calls', 'log', filter],
    // Another server of a cluster tells this page nothing: docs/decisions/0025.
    refetchInterval: 60_000,
    initialPageParam: null as CallId | null,
    queryFn: ({ pageParam, signal }) => api.calls.search({ ...filter, limit: callsOnePage, ...(pageParam === null ? {} : { before: pageParam }) }, { signal }),
    getNextPageParam: (page) => (page.hasMore ? (page.calls.at(-1)?.id ?? null) : null),
  });

export const recentCallsQuery = callLogQuery({});

/** Told by the server, or known since this page did it: whatever shows the log asks again. */
export const logChanged = (): void => void queryClient.invalidateQueries({ queryKey: ['calls'] });
