/** Where one is in the page, and the way to another place of it: the address bar and the history. Knows every address that may be linked to, and no screen. */
import { useSyncExternalStore } from 'react';
import type { Messages } from '../messages/messages.ts';

/** Whoever is signed in finds these; what stands there is in screens.ts. */
export type InsidePath = '/' | '/call' | '/contacts' | '/dial' | '/handout' | '/more' | '/settings';
/** Open to everyone. */
export type OutsidePath = '/sign-in' | '/sign-in/email' | '/sign-in/community' | '/join' | '/set-up' | '/api/docs';
/** features/settings/settings-sections.ts says which there are for whom. */
type SectionPath = `/settings/${keyof Messages['settings']['sections']}`;
type Path = InsidePath | OutsidePath | SectionPath;
export type Address = Path | `${Path}#${string}`;

/** A new one for each step, also for one that leads to where one is. */
export interface Place {
  readonly path: string;
}

let place: Place | null = null;
const listeners = new Set<() => void>();
/** Whoever waits for the screen that they led to. */
const onTheWay: (() => void)[] = [];

function step(): void {
  place = { path: location.pathname };
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  if (listeners.size === 0) addEventListener('popstate', step);
  listeners.add(tell);
  return () => {
    listeners.delete(tell);
    if (listeners.size === 0) removeEventListener('popstate', step);
  };
}

const currentPlace = (): Place => (place ??= { path: location.pathname });

export const usePlace = (): Place => useSyncExternalStore(subscribe, currentPlace);
export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);
/** Without its "#". Kept nowhere but in the address: it may be a secret, until the screen that takes it has. */
export const useFragment = (): string => useSyncExternalStore(subscribe, () => location.hash.slice(1));

/** Resolves once the screen is drawn: what follows may look for its fields. `replace`: no way back leads here. */
export function go(to: Address, { replace = false }: { readonly replace?: boolean } = {}): Promise<void> {
  const isHere = new URL(to, location.origin).href === location.href;
  if (replace || isHere) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  return new Promise((resolve) => {
    onTheWay.push(resolve);
    step();
  });
}

/** Told by the router whenever a screen stands. */
export function arrive(): void {
  for (const resolve of onTheWay.splice(0)) resolve();
}
