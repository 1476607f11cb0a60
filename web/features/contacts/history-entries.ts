/** A contact's history as one list: calls as the reader may see them, and who changed what, newest first, by the practice's days. Pure. */
import type { CallLogEntry } from '#contract/call-log.ts';
import type { ContactChange } from '#contract/contacts.ts';

export type HistoryEntry = { readonly kind: 'call'; readonly at: string; readonly call: CallLogEntry } | { readonly kind: 'change'; readonly at: string; readonly change: ContactChange };

export interface HistoryDay {
  readonly key: string;
  readonly entries: readonly HistoryEntry[];
}

export function historyByDay(calls: readonly CallLogEntry[], changes: readonly ContactChange[], dayKey: (instant: string) => string): HistoryDay[] {
  const entries: HistoryEntry[] = [...calls.map((call) => ({ kind: 'call', at: call.startedAt, call }) as const), ...changes.map((change) => ({ kind: 'change', at: change.at, change }) as const)];
  entries.sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0));
  const days: { key: string; entries: HistoryEntry[] }[] = [];
  for (const entry of entries) {
    const key = dayKey(entry.at);
    const last = days.at(-1);
    if (last?.key === key) last.entries.push(entry);
    else days.push({ key, entries: [entry] });
  }
  return days;
}
