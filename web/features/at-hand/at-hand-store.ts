/** Which of what lies at hand is open: the palette, the sheet of keys, or nothing. One at a time. */
import { useSyncExternalStore } from 'react';

export type AtHand = 'palette' | 'keys' | null;

let open: AtHand = null;
const listeners = new Set<() => void>();

const openNow = (): AtHand => open;

export function setAtHand(next: AtHand): void {
  open = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useAtHand = (): AtHand => useSyncExternalStore(subscribe, openNow);
