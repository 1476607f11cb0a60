/** The door of members: who is asking, and how they came in. */
export { actorOf, api, assertRole, createMemberGuard, type MemberGuard } from './member-guard.ts';
export { createPracticeRoutes } from './practice-routes.ts';
export { createMemberRoutes } from './member-routes.ts';
export { createSignInRoutes, type SignInRouteParts } from './sign-in-routes.ts';
export { createCommunity, type Community, type CommunitySettings } from './community.ts';
export { createMailer, type Mailer, type MailSettings } from './mail.ts';
export { createSignIn, type MemberSession, type SignIn } from './sign-in.ts';
export { createSocketTickets, type SocketTickets } from './socket-tickets.ts';
export { findDemoPractice, seedDemoPractice, type DemoPractice } from './demo-practice.ts';
export { readPracticeCountry } from './practice-country.ts';
