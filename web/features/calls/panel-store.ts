/** Which panel is open on the stage: shared with the keyboard shortcuts, kept while one looks elsewhere. */
import { useSyncExternalStore } from 'react';

export type Panel = 'keypad' | 'audio' | 'message' | 'move' | 'add';

let open: Panel | null = null;
const listeners = new Set<() => void>();

export const openPanel = (): Panel | null => open;

export function setPanel(panel: Panel | null): void {
  open = panel;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const usePanel = (): readonly [Panel | null, (panel: Panel | null) => void] => [useSyncExternalStore(subscribe, openPanel), setPanel];
