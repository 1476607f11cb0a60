/** How a sign-in link carries its token: in the fragment, which browsers send to nobody and proxies never log. */

/** `origin` as `https://calls.example.org`. The page at /sign-in redeems it. */
export const signInLinkOf = (origin: string, token: string): string => `${origin}/sign-in#${token}`;
