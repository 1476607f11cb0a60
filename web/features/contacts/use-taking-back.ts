/** What was done to contacts and can be taken back for a while: one sentence and one act. Says where it did not work. */
import { useState } from 'react';
import { useUndo } from '../call-log/use-undo.ts';
import { contactsChanged } from './contact-queries.ts';

export interface TakingBack {
  /** What is said, and what takes it back; null where there is nothing to say. */
  readonly said: { readonly text: string; readonly takeBack: (() => void) | null } | null;
  /** Does something, says it, and offers what takes it back. */
  readonly act: <Done>(text: string, run: () => Promise<Done>, takeBack: (done: Done) => Promise<unknown>) => Promise<void>;
}

/** `failed`: what is said where an act, or taking it back, did not work. */
export function useTakingBack(failed: string): TakingBack {
  const [text, setText] = useState('');
  const [hasFailed, setFailed] = useState(false);
  const { undo, offer, withdraw } = useUndo();
  const attempt = async <Done>(run: () => Promise<Done>): Promise<{ readonly done: Done } | null> => {
    setFailed(false);
    try {
      return { done: await run() };
    } catch {
      setFailed(true);
      return null;
    } finally {
      await contactsChanged();
    }
  };
  return {
    said: hasFailed ? { text: failed, takeBack: null } : undo === null ? null : { text, takeBack: undo },
    act: async (said, run, takeBack) => {
      withdraw();
      const attempted = await attempt(run);
      if (attempted === null) return;
      setText(said);
      offer(() => void attempt(() => takeBack(attempted.done)));
    },
  };
}
