/** Names of the practice's members by id, for what says who did what. */
import { useQuery } from '@tanstack/react-query';
import { words } from '../../messages/messages.ts';
import { membersQuery } from './members-queries.ts';

/** Until the names are there, nothing is said rather than something wrong. */
export function useMemberNames(): (memberId: string) => string {
  const { data } = useQuery({ ...membersQuery, staleTime: 300_000 });
  return (memberId) => (data === undefined ? '' : (data.find(({ id }) => id === memberId)?.name ?? words.callLog.someone));
}
