/** Which ways in this installation has beside passkeys. */
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/api-client.ts';

export const waysQuery = queryOptions({ queryKey: ['ways-in'], staleTime: Infinity, queryFn: () => api.waysIn.read() });
