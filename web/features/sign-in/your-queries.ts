/** What "You" reads of one's own sign-in. */
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/api-client.ts';

export const credentialsQuery = queryOptions({ queryKey: ['credentials'], queryFn: () => api.me.readCredentials() });
export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: () => api.me.listSessions() });
export const accessTokensQuery = queryOptions({ queryKey: ['access-tokens'], queryFn: () => api.accessTokens.list() });
export const membershipsQuery = queryOptions({ queryKey: ['memberships'], queryFn: () => api.me.listMemberships() });
