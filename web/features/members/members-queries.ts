/** What the members' screen reads. */
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/api-client.ts';

export const membersQuery = queryOptions({ queryKey: ['members'], queryFn: () => api.members.list() });
/** Of those who may not show all. */
export const linesToShowQuery = queryOptions({ queryKey: ['lines-to-show'], queryFn: () => api.lines.listToShow() });
export const invitationsQuery = queryOptions({ queryKey: ['invitations'], queryFn: () => api.invitations.list() });
