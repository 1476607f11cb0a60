/** The page as an app of the device: its service worker, the browser's offer to install it, and a new version that waits. Begun once, from app.tsx; kept once a screen is drawn, from the router. */
import { useSyncExternalStore } from 'react';
import { firstScreenStands } from '../../api/first-screen.ts';

/** Chromium's own event; other browsers install by their menu. */
interface InstallOffer extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

export interface Installing {
  readonly state: 'installed' | 'offered' | 'by-hand';
  /** A newer page is there and is used from the next load on. */
  readonly hasNewVersion: boolean;
}

const LOOK_EVERY_MS = 3_600_000;

let offer: InstallOffer | null = null;
let waiting: ServiceWorker | null = null;
const stateNow = (): Installing['state'] => (matchMedia('(display-mode: standalone)').matches ? 'installed' : offer === null ? 'by-hand' : 'offered');
let view: Installing = { state: stateNow(), hasNewVersion: false };
const listeners = new Set<() => void>();

function changed(): void {
  view = { state: stateNow(), hasNewVersion: waiting !== null };
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useInstalling = (): Installing => useSyncExternalStore(subscribe, () => view);

export async function install(): Promise<void> {
  const asked = offer;
  // The browser lets it be asked once.
  offer = null;
  await asked?.prompt();
  changed();
}

/** Loads the page anew with the version that waits. Only ever on a tap: a load takes a call's sound away for a moment. */
export function takeNewVersion(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting?.postMessage('use-new-version');
}

export function startInstalling(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = event as InstallOffer;
    changed();
  });
  addEventListener('appinstalled', changed);
  matchMedia('(display-mode: standalone)').addEventListener('change', changed);
}

let isKept = false;

/** Has the device keep the page's files, once: all of them are asked for, which must not be in the way of what the first screen waits for, nor of what waits for that. */
export function keepPage(): void {
  // Only where the page was built: a page in the making has no shell.
  if (isKept || !import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  isKept = true;
  void firstScreenStands().then(firstScreenStands).then(register);
}

async function register(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' });
    const look = (): void => {
      // The first worker of all replaces nothing.
      waiting = navigator.serviceWorker.controller === null ? null : registration.waiting;
      changed();
    };
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
    look();
    setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY_MS);
  } catch {
    // Without a worker the page is an ordinary page.
  }
}
