/** What the log's screens read, and how they write: each answer is the call as it is now, and everything that shows it asks again. */
import { queryOptions } from '@tanstack/react-query';
import type { CallLogEntry } from '#contract/call-log.ts';
import type { ContactId } from '#contract/contacts.ts';
import type { CallId } from '#contract/ids.ts';
import { api } from '../../api/api-client.ts';
import { logChanged, queryClient } from '../../api/queries.ts';

export const callEntryQuery = (callId: CallId) => queryOptions({ queryKey: ['calls', 'one', callId], queryFn: () => api.calls.read({ callId }) as Promise<CallLogEntry> });
export const openStepsQuery = queryOptions({ queryKey: ['calls', 'open-steps'], queryFn: () => api.calls.listOpenSteps() as Promise<CallLogEntry[]> });
export const callsOfContactQuery = (contactId: ContactId) => queryOptions({ queryKey: ['calls', 'of-contact', contactId], queryFn: () => api.calls.listOfContact({ contactId }) as Promise<CallLogEntry[]> });

/** Runs a write; the number's health may have changed with it. Rejects as the write does. */
export async function writeToLog(callId: CallId, write: () => Promise<unknown>): Promise<void> {
  const entry = await write();
  queryClient.setQueryData(callEntryQuery(callId).queryKey, entry as CallLogEntry);
  logChanged();
  void queryClient.invalidateQueries({ queryKey: ['contacts'] });
}
