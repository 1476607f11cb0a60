/** What was done to contacts and can be taken back for a while: one sentence and one act. Says where it did not work. */
import { useState } from 'react';
import { words } from '../../messages/all-words.ts';
import { useUndo } from '../call-log/use-undo.ts';
import { contactsChanged } from './contact-queries.ts';

export interface TakingBack {
  /** What is said, and what takes it back; null where there is nothing to say. */
  readonly said: { readonly text: string; readonly takeBack: (() => void) | null } | null;
  /** Does something, says it, and offers what takes it back. */
  readonly act: (text: string, run: () => Promise<unknown>, takeBack: () => Promise<unknown>) => Promise<void>;
}

export function useTakingBack(): TakingBack {
  const [text, setText] = useState('');
  const [hasFailed, setFailed] = useState(false);
  const { undo, offer, withdraw } = useUndo();
  const attempt = async (run: () => Promise<unknown>): Promise<boolean> => {
    setFailed(false);
    try {
      await run();
      return true;
    } catch {
      setFailed(true);
      return false;
    } finally {
      await contactsChanged();
    }
  };
  return {
    said: hasFailed ? { text: words.contacts.notDone, takeBack: null } : undo === null ? null : { text, takeBack: undo },
    act: async (said, run, takeBack) => {
      withdraw();
      if (!(await attempt(run))) return;
      setText(said);
      offer(() => void attempt(takeBack));
    },
  };
}
