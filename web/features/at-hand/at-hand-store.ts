/** Which of what lies at hand is open: the palette, the sheet of keys, or nothing. One at a time. */
import { useSyncExternalStore } from 'react';

export type AtHand = 'palette' | 'keys' | null;

let open: AtHand = null;
const listeners = new Set<() => void>();

const openNow = (): AtHand => open;

function set(next: AtHand): void {
  open = next;
  for (const listener of listeners) listener();
}

export const openAtHand = (which: NonNullable<AtHand>): void => set(which);

/** A dialog tells of its closing in a task of its own: by then the other may have been asked for, which this must not take away. */
export function closeAtHand(which: NonNullable<AtHand>): void {
  if (open === which) set(null);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useAtHand = (): AtHand => useSyncExternalStore(subscribe, openNow);
