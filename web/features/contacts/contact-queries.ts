/** What the contact screens read from the API, and how a change makes them read again. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { CallId, E164 } from '#contract/ids.ts';
import type { ContactDetails, ContactId, GroupView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';

const ONE_PAGE = 60;

export interface ContactFilter {
  readonly text: string;
  readonly onlyFavourites: boolean;
  readonly groupId: GroupView['id'] | null;
}

export const contactSearchQuery = ({ text, onlyFavourites, groupId }: ContactFilter) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'search', text, onlyFavourites, groupId],
    initialPageParam: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => api.contacts.search({ text, onlyFavourites, ...(groupId === null ? {} : { groupId }), limit: ONE_PAGE, offset: pageParam }, { signal }),
    getNextPageParam: (page, pages) => {
      const shown = pages.reduce((sum, { contacts }) => sum + contacts.length, 0);
      return shown < page.total ? shown : null;
    },
  });

export const contactQuery = (contactId: ContactId) => queryOptions({ queryKey: ['contacts', 'one', contactId], queryFn: () => api.contacts.read({ contactId }) });
export const changesQuery = (contactId: ContactId) => queryOptions({ queryKey: ['contacts', 'changes', contactId], queryFn: () => api.contacts.listChanges({ contactId }) });
export const groupsQuery = queryOptions({ queryKey: ['contacts', 'groups'], queryFn: () => api.contacts.groups.list() });
export const notesOfCallsQuery = (callIds: readonly CallId[]) => queryOptions({ queryKey: ['notes', 'of-calls', callIds], enabled: callIds.length > 0, queryFn: () => api.notes.listOfCalls({ callIds: [...callIds] }) });
export const duplicatesQuery = queryOptions({ queryKey: ['contacts', 'duplicates'], queryFn: () => api.contacts.duplicates.list() });

/** Whom a number belongs to; each look stands in the audit, so one lasts a while. */
export const contactByNumberQuery = (number: E164) => queryOptions({ queryKey: ['contacts', 'by-number', number], staleTime: 300_000, queryFn: () => api.contacts.findByNumber({ number }) });

export const contactsChanged = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['contacts'] });

export const nameOf = ({ givenName, familyName }: Pick<ContactDetails, 'givenName' | 'familyName'>): string => `${givenName} ${familyName}`.trim();
