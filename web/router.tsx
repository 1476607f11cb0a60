/** Which screen stands at which address, and who may see it. Screens load when first visited. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, Outlet, redirect } from '@tanstack/react-router';
import { lazy } from 'react';
import { practicePatientsQuery, queryClient, recentCallsQuery, sessionQuery } from './api/queries.ts';
import { followMember } from './messages/chosen-language.ts';
import { words } from './messages/messages.ts';
import { Waiting } from './ui/load-states.tsx';
import { FullPageMessage } from './ui/full-page-message.tsx';

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <FullPageMessage title={words.notFound.title} text={words.notFound.text}>
      <Link to="/" className="btn primary big">
        {words.notFound.next}
      </Link>
    </FullPageMessage>
  ),
});

const ReloadButton = ({ label }: { readonly label: string }) => (
  <button type="button" className="btn primary big" onClick={() => location.reload()}>
    {label}
  </button>
);

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./features/sign-in/sign-in-page.tsx'), 'SignInPage'),
});

const emailCode = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/email',
  component: lazyRouteComponent(() => import('./features/sign-in/email-code-page.tsx'), 'EmailCodePage'),
});
const community = createRoute({ getParentRoute: () => root, path: '/sign-in/community', component: lazyRouteComponent(() => import('./features/sign-in/community-page.tsx'), 'CommunityPage') });
const join = createRoute({ getParentRoute: () => root, path: '/join', component: lazyRouteComponent(() => import('./features/sign-in/join-page.tsx'), 'JoinPage') });

// Open to everyone, as the description is.
const apiDocs = createRoute({ getParentRoute: () => root, path: '/api/docs', component: lazyRouteComponent(() => import('./features/api-docs/api-docs-page.tsx'), 'ApiDocsPage') });
const setUp = createRoute({ getParentRoute: () => root, path: '/set-up', component: lazyRouteComponent(() => import('./features/set-up/set-up-page.tsx'), 'SetUpPage') });

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async () => {
    const session = await queryClient.query({ ...sessionQuery, staleTime: 'static' });
    if (session === null) throw redirect({ to: '/sign-in' });
    followMember(session.preferences.language);
    return { session };
  },
  component: () => {
    const { session } = signedIn.useRouteContext();
    return <SignedIn session={session} />;
  },
  errorComponent: () => (
    <FullPageMessage title={words.serverAway.title} text={words.serverAway.text}>
      <ReloadButton label={words.serverAway.next} />
    </FullPageMessage>
  ),
});
const SignedIn = lazy(async () => ({ default: (await import('./features/calls/signed-in-frame.tsx')).SignedInFrame }));

const calls = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  // Asked for while the screen itself is still on its way. The screen says what failed.
  loader: ({ context: { session } }) => {
    if (session.isLocked) return;
    queryClient.infiniteQuery(recentCallsQuery).catch(() => {});
    if (session.practice.sandbox) queryClient.query(practicePatientsQuery).catch(() => {});
  },
  component: lazyRouteComponent(() => import('./features/calls/calls-page.tsx'), 'CallsPage'),
});
const call = createRoute({ getParentRoute: () => signedIn, path: '/call', component: lazyRouteComponent(() => import('./features/calls/call-page.tsx'), 'CallPage') });
const contacts = createRoute({ getParentRoute: () => signedIn, path: '/contacts', component: lazyRouteComponent(() => import('./features/contacts/contacts-page.tsx'), 'ContactsPage') });
const dialLink = createRoute({ getParentRoute: () => signedIn, path: '/dial', component: lazyRouteComponent(() => import('./features/at-hand/dial-link-page.tsx'), 'DialLinkPage') });
const handout = createRoute({ getParentRoute: () => signedIn, path: '/handout', component: lazyRouteComponent(() => import('./features/handouts/handout-page.tsx'), 'HandoutPage') });
const more = createRoute({ getParentRoute: () => signedIn, path: '/more', component: lazyRouteComponent(() => import('./features/settings/more-page.tsx'), 'MorePage') });
const settings = createRoute({ getParentRoute: () => signedIn, path: '/settings', component: lazyRouteComponent(() => import('./features/settings/settings-frame.tsx'), 'SettingsIndex') });
// Which sections there are, and for whom: features/settings/settings-sections.ts.
const settingsSection = createRoute({ getParentRoute: () => signedIn, path: '/settings/$section', component: lazyRouteComponent(() => import('./features/settings/settings-frame.tsx'), 'SettingsFrame') });

export const router = createRouter({
  routeTree: root.addChildren([signIn, emailCode, community, join, setUp, apiDocs, signedIn.addChildren([calls, call, dialLink, contacts, handout, more, settings, settingsSection])]),
  defaultPreload: 'intent',
  // Waiting says itself, and late: see ui/load-states.tsx.
  defaultPendingMs: 0,
  defaultPendingMinMs: 0,
  defaultPendingComponent: () => (
    <main id="main">
      <Waiting text={words.loadingPage} />
    </main>
  ),
  // Each screen breaks for itself: the frame around it, and a call's sound with it, goes on.
  defaultErrorComponent: () => (
    <FullPageMessage title={words.crash.title} text={words.crash.text}>
      <ReloadButton label={words.crash.next} />
    </FullPageMessage>
  ),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
