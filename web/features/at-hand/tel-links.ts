/** Telephone numbers pressed on other pages, handed to this one: asked of the browser, and given back. No browser tells whether it agreed. */

const key = 'quietline.tel-links';
/** Both: `tel:` where the browser lets a page have it, `web+tel:` for pages that mean us. */
const schemes = ['tel', 'web+tel'] as const;
/** In the fragment: it never leaves the browser, so that no number stands in an address a server sees. */
const handler = (): string => `${location.origin}/dial#%s`;

type WithUnregister = Navigator & { unregisterProtocolHandler?: (scheme: string, url: string) => void };

export const canTakeTelLinks = (): boolean => typeof navigator.registerProtocolHandler === 'function';

export function hasAskedForTelLinks(): boolean {
  try {
    return localStorage.getItem(key) === 'asked';
  } catch {
    return false;
  }
}

/** False where the browser refused outright. Then it asks the person, on its own time. */
export function takeTelLinks(): boolean {
  let taken = 0;
  for (const scheme of schemes) {
    try {
      navigator.registerProtocolHandler(scheme, handler());
      taken += 1;
    } catch {
      // This browser keeps the scheme for itself.
    }
  }
  if (taken > 0) localStorage.setItem(key, 'asked');
  return taken > 0;
}

export function leaveTelLinks(): boolean {
  try {
    for (const scheme of schemes) (navigator as WithUnregister).unregisterProtocolHandler?.(scheme, handler());
    localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}
