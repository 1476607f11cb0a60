/** How a sign-in link carries its token: in the fragment, which browsers send to nobody and proxies never log. */

const FRAGMENT = /^#sign-in=([\w-]{20,128})$/;

/** `origin` as `https://calls.example.org`. */
export const signInLinkOf = (origin: string, token: string): string => `${origin}/#sign-in=${token}`;

/** The token of `location.hash`, if it holds one. */
export const signInTokenOf = (hash: string): string | undefined => FRAGMENT.exec(hash)?.[1];
