/** What the contact screens read from the API, and how a change makes them read again. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ContactDetails, ContactId } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';

const ONE_PAGE = 60;

export const contactSearchQuery = (text: string, onlyFavourites: boolean) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'search', text, onlyFavourites],
    initialPageParam: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => api.contacts.search({ text, onlyFavourites, limit: ONE_PAGE, offset: pageParam }, { signal }),
    getNextPageParam: (page, pages) => {
      const shown = pages.reduce((sum, { contacts }) => sum + contacts.length, 0);
      return shown < page.total ? shown : null;
    },
  });

export const contactQuery = (contactId: ContactId) => queryOptions({ queryKey: ['contacts', 'one', contactId], queryFn: () => api.contacts.read({ contactId }) });
export const timelineQuery = (contactId: ContactId) => queryOptions({ queryKey: ['contacts', 'timeline', contactId], queryFn: () => api.contacts.timeline({ contactId }) });
export const duplicatesQuery = queryOptions({ queryKey: ['contacts', 'duplicates'], queryFn: () => api.contacts.duplicates.list() });

export const contactsChanged = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['contacts'] });

export const nameOf = ({ givenName, familyName }: Pick<ContactDetails, 'givenName' | 'familyName'>): string => `${givenName} ${familyName}`.trim();
