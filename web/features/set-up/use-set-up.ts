/** How far the first run has come. Kept for a reload in this tab: from the second step on there is a practice, which must not be made twice. */
import { useState } from 'react';

export interface PracticeDraft {
  readonly name: string;
  readonly country: string;
  readonly timeZone: string;
}

export interface Progress {
  /** 1 to 4, as they are numbered on the screen. */
  readonly step: 1 | 2 | 3 | 4;
  readonly draft: PracticeDraft | null;
  /** The practice is there, and this session is in it. */
  readonly isMade: boolean;
}

const KEY = 'quietline-set-up';
const BEGINNING: Progress = { step: 1, draft: null, isMade: false };

function read(): Progress {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Progress | null;
    return kept ?? BEGINNING;
  } catch {
    return BEGINNING;
  }
}

export function useSetUp(): [Progress, (next: Progress) => void, () => void] {
  const [progress, setProgress] = useState(read);
  const go = (next: Progress): void => {
    sessionStorage.setItem(KEY, JSON.stringify(next));
    setProgress(next);
  };
  return [progress, go, () => sessionStorage.removeItem(KEY)];
}
