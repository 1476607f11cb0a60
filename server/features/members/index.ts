/** The door of members: who is asking, and how they came in. */
export { api, createMemberGuard, createMemberRoutes, type MemberGuard } from './member-routes.ts';
export { createSignIn, type MemberSession, type SignIn } from './sign-in.ts';
export { createSocketTickets, type SocketTickets } from './socket-tickets.ts';
export { findDemoPractice, seedDemoPractice, type DemoPractice } from './demo-practice.ts';
export { readPracticeCountry } from './practice-country.ts';
