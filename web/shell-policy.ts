/** Which requests the service worker may answer from what it keeps: the page's own files, and nothing else ever. Pure. */

export interface AskedFile {
  readonly method: string;
  /** 'navigate' for a page that is opened. */
  readonly mode: string;
  readonly origin: string;
  readonly pathname: string;
}

/**
 * - `page`: from the network, and the kept index where there is none.
 * - `file`: kept, else from the network. Its name holds its content's hash, so that what is kept is never old.
 * - `pass`: none of the worker's business. The API is always that: no answer of it is ever kept.
 */
export type ShellDecision = 'page' | 'file' | 'pass';

export function decideShell(asked: AskedFile, ownOrigin: string): ShellDecision {
  if (asked.method !== 'GET' || asked.origin !== ownOrigin) return 'pass';
  // A path that only looks like another: "/api" itself, "//api/", encoded dots.
  if (/^\/+api(?:\/|$)/i.test(asked.pathname)) return 'pass';
  if (asked.mode === 'navigate') return 'page';
  return /^\/assets\/[\w.-]+\.(?:js|css|woff2)$/.test(asked.pathname) ? 'file' : 'pass';
}
