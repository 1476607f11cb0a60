/** The practice's lines, and which of them the patient would see now: by the same rule as the server's. */
import { skipToken, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LineChoice } from '#contract/api.ts';
import type { LineId } from '#contract/ids.ts';
import { chooseLine, type LineChosenBy } from '#contract/line-choice.ts';
import { api } from '../../api/api-client.ts';
import { linesQuery } from '../../api/queries.ts';
import { nameOf } from '../contacts/contact-queries.ts';
import { useActingFor } from './use-acting-for.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

export interface Lines {
  readonly query: UseQueryResult<LineChoice[]>;
  /** Those that the one who is signed in may show. */
  readonly lines: readonly LineChoice[];
  /** The practice has lines, and an admin lets the one who is signed in show none of them. */
  readonly areKeptBack: boolean;
  /** Null where there is none to show: then there is no call. */
  readonly shown: LineChoice | null;
  /** Who decided on the one shown. */
  readonly by: LineChosenBy | null;
  /** Whose number is typed, where it is a contact's. */
  readonly contactName: string | null;
}

/** `dialable`: the number that would be called, or as much of it as there is. `requestedId`: chosen by hand for this call. */
export function useLines(dialable: string, requestedId: LineId | null): Lines {
  const query = useQuery(linesQuery);
  const { chosen: onBehalfOf } = useActingFor();
  const number = usePhoneNumbers().complete(dialable);
  const contacts = useQuery({
    queryKey: ['contacts', 'by-number', number],
    // Whose line and name they are changes seldom, and each question is a read of patient data.
    staleTime: 300_000,
    queryFn: number === null ? skipToken : () => api.contacts.findByNumber({ number }),
  });
  const found = contacts.data ?? [];
  const proven: readonly LineChoice[] = query.data ?? [];
  const lines = proven.filter(({ isToShow }) => isToShow);
  const chosen = chooseLine({ lines: proven, mayShow: lines.map(({ id }) => id), requestedId: lines.some((line) => line.id === requestedId) ? requestedId : null, ofContacts: found.map(({ details }) => details.lineId), ofMember: proven.find(({ isMine, isOf }) => (onBehalfOf === null ? isMine : isOf.includes(onBehalfOf)))?.id ?? null });
  const [contact] = found;
  return { query, lines, areKeptBack: proven.length > 0 && lines.length === 0, shown: chosen?.line ?? null, by: chosen?.by ?? null, contactName: contact === undefined ? null : nameOf(contact.details) || null };
}
