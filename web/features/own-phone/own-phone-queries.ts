/** The member's own phone as the screens read it, followed while it is being called. */
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/api-client.ts';
import { isCalling } from '../lines/line-queries.ts';

const WHILE_CALLING_MS = 1_000;

export const ownPhoneQuery = queryOptions({
  queryKey: ['own-phone'],
  queryFn: () => api.ownPhone.read(),
  refetchInterval: ({ state }) => (state.data !== undefined && isCalling(state.data) ? WHILE_CALLING_MS : false),
});

/** The last two digits: enough for its owner, and nothing to anybody who looks on. */
export const endingOf = (number: string): string => number.slice(-2);
