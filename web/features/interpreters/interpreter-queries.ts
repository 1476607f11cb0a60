/** The practice's interpreter services, as the screens read them, and how a change makes them read again. */
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';

export const interpretersQuery = queryOptions({ queryKey: ['interpreters'], queryFn: () => api.interpreters.list(), staleTime: 60_000 });

export const interpretersChanged = (): Promise<void> => queryClient.invalidateQueries({ queryKey: interpretersQuery.queryKey });
