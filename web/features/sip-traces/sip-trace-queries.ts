/** What the screen of SIP ladders reads. */
import { queryOptions } from '@tanstack/react-query';
import type { CallId } from '#contract/ids.ts';
import { api } from '../../api/api-client.ts';

/** While calls are recorded somebody waits for theirs to appear. */
export const sipTracesQuery = queryOptions({ queryKey: ['sip-traces'], queryFn: () => api.sipTraces.read(), refetchInterval: ({ state }) => ((state.data?.onUntil ?? null) === null ? false : 5_000) });

export const ladderQuery = (callId: CallId) => queryOptions({ queryKey: ['sip-traces', callId], queryFn: () => api.sipTraces.readLadder({ callId }) });
