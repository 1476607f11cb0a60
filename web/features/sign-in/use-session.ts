/** Who is signed in, for the screens inside the frame: there it is always known. */
import { createContext, use } from 'react';
import type { SessionView } from '#contract/api.ts';

export const SessionContext = createContext<SessionView | null>(null);

export function useSession(): SessionView {
  const session = use(SessionContext);
  if (session === null) throw new Error('useSession is used outside the signed-in frame.');
  return session;
}
