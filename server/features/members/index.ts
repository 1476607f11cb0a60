/** The door of members: who is asking, and how they came in. */
export { actorOf, api, assertRole, createMemberGuard, type MemberGuard } from './member-guard.ts';
export { actorOfReader, findReader, listThoseWhoSee, listThoseWhoSeeCaller, mayNowCallFor, readerOf } from './acting-for.ts';
export { maySeeCall, maySeeContact, subjectsSeenBy, type Reader } from './sight-policy.ts';
export { createPracticeRoutes, type PracticeRouteParts } from './practice-routes.ts';
export { followCarrier } from './practices.ts';
export { listMemberNames } from './roster.ts';
export { createMemberRoutes } from './member-routes.ts';
export { createDraftKeys } from './draft-key.ts';
export { createSignInRoutes, type SignInRouteParts } from './sign-in-routes.ts';
export { createCommunity, type Community, type CommunitySettings } from './community.ts';
export { createMailer, type Mailer, type MailSettings } from './mail.ts';
export { createSignIn, type MemberSession, type SignIn } from './sign-in.ts';
export { tokenScopeOf } from './token-scope-policy.ts';
export { createSocketTickets, type SocketTickets } from './socket-tickets.ts';
export { findDemoPractice, seedDemoPractice, type DemoPractice } from './demo-practice.ts';
export { listAdminAddresses, listAllPracticeIds, listPracticeIds, readPracticeCountry } from './practice-facts.ts';
export { memberRolesOf, passkeyFingerprint } from './revocation-facts.ts';
