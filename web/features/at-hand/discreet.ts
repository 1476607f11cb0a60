/** Whether this device shows patients discreetly: one tap on, kept until it is undone, for lifts and rounds. Holds nothing of a patient. */
import { useSyncExternalStore } from 'react';

const key = 'quietline.discreet';

function read(): boolean {
  try {
    return localStorage.getItem(key) === 'on';
  } catch {
    return false;
  }
}

let isOn = read();
const listeners = new Set<() => void>();
const changed = (next: boolean): void => {
  isOn = next;
  for (const listener of listeners) listener();
};

export function setDiscreet(next: boolean): void {
  try {
    if (next) localStorage.setItem(key, 'on');
    else localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing is discreet for as long as the page lives.
  }
  changed(next);
}

// Another tab of the same device: a name there is as readable as here.
addEventListener('storage', (event) => {
  if (event.key === key || event.key === null) changed(read());
});

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const isDiscreet = (): boolean => isOn;

export const useDiscreet = (): boolean => useSyncExternalStore(subscribe, isDiscreet);
