/** What the screens read of voicemail, and how they write: below the log's key, so that news of a call reaches both. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { CallId } from '#contract/ids.ts';
import { api } from '../../api/api-client.ts';
import { logChanged } from '../../api/queries.ts';

export const voicemailQuery = (isDone: boolean) =>
  infiniteQueryOptions({
    queryKey: ['calls', 'voicemail', { isDone }],
    initialPageParam: null as CallId | null,
    queryFn: ({ pageParam, signal }) => api.voicemail.list({ which: isDone ? 'done' : 'open', ...(pageParam === null ? {} : { before: pageParam }) }, { signal }),
    getNextPageParam: (page) => (page.hasMore ? (page.messages.at(-1)?.callId ?? null) : null),
  });

export const voicemailOfCallQuery = (callId: CallId) => queryOptions({ queryKey: ['calls', 'voicemail', callId], queryFn: () => api.voicemail.read({ callId }) });

/** Rejects as the write does. */
export async function writeVoicemail(write: () => Promise<unknown>): Promise<void> {
  await write();
  logChanged();
}

export const answeringQuery = queryOptions({ queryKey: ['answering'], queryFn: () => api.answering.read() });
