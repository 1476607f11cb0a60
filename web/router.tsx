/** Which screen stands at which address, and who may see it. Screens load when first visited. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, Outlet, redirect } from '@tanstack/react-router';
import { lazy } from 'react';
import { queryClient, sessionQuery } from './api/queries.ts';
import { words } from './messages/messages.ts';
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

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async () => {
    const session = await queryClient.query({ ...sessionQuery, staleTime: 'static' });
    if (session === null) throw redirect({ to: '/sign-in' });
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

const calls = createRoute({ getParentRoute: () => signedIn, path: '/', component: lazyRouteComponent(() => import('./features/calls/calls-page.tsx'), 'CallsPage') });
const call = createRoute({ getParentRoute: () => signedIn, path: '/call', component: lazyRouteComponent(() => import('./features/calls/call-page.tsx'), 'CallPage') });
const contacts = createRoute({ getParentRoute: () => signedIn, path: '/contacts', component: lazyRouteComponent(() => import('./features/contacts/contacts-page.tsx'), 'ContactsPage') });
const handout = createRoute({ getParentRoute: () => signedIn, path: '/handout', component: lazyRouteComponent(() => import('./features/handouts/handout-page.tsx'), 'HandoutPage') });
const more = createRoute({ getParentRoute: () => signedIn, path: '/more', component: lazyRouteComponent(() => import('./features/sign-in/more-page.tsx'), 'MorePage') });
const members = createRoute({ getParentRoute: () => signedIn, path: '/members', component: lazyRouteComponent(() => import('./features/members/members-page.tsx'), 'MembersPage') });

export const router = createRouter({
  routeTree: root.addChildren([signIn, emailCode, community, join, signedIn.addChildren([calls, call, contacts, handout, more, members])]),
  defaultPreload: 'intent',
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
