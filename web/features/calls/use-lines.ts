/** The practice's lines, and which of them the patient would see now. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LineView } from '#contract/api.ts';
import { linesQuery } from '../../api/queries.ts';
import { useKeypad } from './keypad-store.ts';

export interface Lines {
  readonly query: UseQueryResult<LineView[]>;
  readonly lines: readonly LineView[];
  /** Null where there is none to show: then there is no call. */
  readonly shown: LineView | null;
}

export function useLines(): Lines {
  const query = useQuery(linesQuery);
  const { lineId } = useKeypad();
  const lines: readonly LineView[] = query.data ?? [];
  return { query, lines, shown: lines.find((line) => line.id === lineId) ?? lines.find((line) => line.isDefault) ?? lines[0] ?? null };
}
