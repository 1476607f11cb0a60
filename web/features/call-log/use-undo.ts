/** Undo that stays for ten seconds after an act, and no longer. */
import { useCallback, useEffect, useState } from 'react';

const UNDO_MS = 10_000;

export interface Undo {
  /** Null once it is too late, or nothing was done. */
  readonly undo: (() => void) | null;
  readonly offer: (act: () => void) => void;
  readonly withdraw: () => void;
}

export function useUndo(): Undo {
  const [act, setAct] = useState<{ readonly run: () => void } | null>(null);
  useEffect(() => {
    if (act === null) return;
    const timer = setTimeout(() => setAct(null), UNDO_MS);
    return () => clearTimeout(timer);
  }, [act]);
  return {
    undo:
      act === null
        ? null
        : () => {
            setAct(null);
            act.run();
          },
    offer: useCallback((run: () => void) => setAct({ run }), []),
    withdraw: useCallback(() => setAct(null), []),
  };
}
