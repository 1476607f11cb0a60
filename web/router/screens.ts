/** Which screen stands at which address, and who may see it. Each is a file of its own, loaded when first visited. */
import type { SessionView } from '#contract/api.ts';
import { practicePatientsQuery, queryClient, recentCallsQuery } from '../api/queries.ts';
import type { InsidePath, OutsidePath } from './address.ts';
import { loadable, type Loadable } from './loadable.ts';

export interface Screen {
  readonly page: Loadable<object>;
  /** Asked for while the screen itself is still on its way. The screen says what failed. */
  readonly ask?: (session: SessionView) => void;
}

function askForHome({ isLocked, practice }: SessionView): void {
  if (isLocked) return;
  queryClient.infiniteQuery(recentCallsQuery).catch(() => {});
  if (practice.sandbox) queryClient.query(practicePatientsQuery).catch(() => {});
}

const outside: Readonly<Record<OutsidePath, Screen>> = {
  '/sign-in': { page: loadable(async () => (await import('../features/sign-in/sign-in-page.tsx')).SignInPage) },
  '/sign-in/email': { page: loadable(async () => (await import('../features/sign-in/email-code-page.tsx')).EmailCodePage) },
  '/sign-in/community': { page: loadable(async () => (await import('../features/sign-in/community-page.tsx')).CommunityPage) },
  '/join': { page: loadable(async () => (await import('../features/sign-in/join-page.tsx')).JoinPage) },
  '/set-up': { page: loadable(async () => (await import('../features/set-up/set-up-page.tsx')).SetUpPage) },
  // Open to everyone, as the description is.
  '/api/docs': { page: loadable(async () => (await import('../features/api-docs/api-docs-page.tsx')).ApiDocsPage) },
};

const inside: Readonly<Record<InsidePath, Screen>> = {
  '/': { page: loadable(async () => (await import('../features/calls/calls-page.tsx')).CallsPage), ask: askForHome },
  '/call': { page: loadable(async () => (await import('../features/calls/call-page.tsx')).CallPage) },
  '/contacts': { page: loadable(async () => (await import('../features/contacts/contacts-page.tsx')).ContactsPage) },
  '/dial': { page: loadable(async () => (await import('../features/at-hand/dial-link-page.tsx')).DialLinkPage) },
  '/handout': { page: loadable(async () => (await import('../features/handouts/handout-page.tsx')).HandoutPage) },
  '/more': { page: loadable(async () => (await import('../features/settings/more-page.tsx')).MorePage) },
  '/settings': { page: loadable(async () => (await import('../features/settings/settings-frame.tsx')).SettingsIndex) },
};
/** Of any name: the screen says which sections are not there. */
const section: Screen = { page: loadable(async () => (await import('../features/settings/settings-frame.tsx')).SettingsFrame) };

/** Around each screen inside. */
export const signedInFrame = loadable(async () => (await import('../features/calls/signed-in-frame.tsx')).SignedInFrame);

export function screenAt(path: string): { readonly screen: Screen; readonly isInside: boolean } | null {
  const bare = path === '/' ? path : path.replace(/\/+$/, '');
  if (Object.hasOwn(outside, bare)) return { screen: outside[bare as OutsidePath], isInside: false };
  if (Object.hasOwn(inside, bare)) return { screen: inside[bare as InsidePath], isInside: true };
  return /^\/settings\/[^/]+$/.test(bare) ? { screen: section, isInside: true } : null;
}

/** The files of a screen to which somebody comes, or seems about to. What fails is said when it is drawn. */
export function preload(path: string): void {
  const found = screenAt(path);
  if (found === null) return;
  found.screen.page.load().catch(() => {});
  if (found.isInside) signedInFrame.load().catch(() => {});
}
