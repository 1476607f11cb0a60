/** What server and page agree on about coming in: passkeys first, a mailed link with a code second, a community's own sign-in third. Secrets travel in bodies, never in an address the server sees. */
import { oc } from '@orpc/contract';
import * as z from 'zod';
import { memberIdSchema, practiceIdSchema } from './ids.ts';

/** Physician and staff call; the practice admin sets; the operator runs the installation and sees no patient data. */
export const roleSchema = z.enum(['physician', 'staff', 'practice-admin', 'operator']);
export type Role = z.infer<typeof roleSchema>;

/** How a session was opened. */
export const signInMethodSchema = z.enum(['link', 'passkey', 'email-and-code', 'community']);
export type SignInMethod = z.infer<typeof signInMethodSchema>;

/** WebAuthn's own JSON (PublicKeyCredentialCreationOptionsJSON and ...RequestOptionsJSON), handed on as it is. */
export const passkeyOptionsSchema = z.record(z.string(), z.unknown());
/** RegistrationResponseJSON and AuthenticationResponseJSON, as `PublicKeyCredential.toJSON()` makes them. */
export const passkeyResponseSchema = z.looseObject({ id: z.string().min(1).max(1_400), rawId: z.string().max(1_400), type: z.literal('public-key'), response: z.record(z.string(), z.unknown()), clientExtensionResults: z.record(z.string(), z.unknown()).default({}) });
export type PasskeyResponse = z.infer<typeof passkeyResponseSchema>;

export const oneTimeTokenSchema = z.string().min(20).max(128);
/** Six digits of an authenticator, or a recovery code. */
export const codeSchema = z.string().min(6).max(32);

/** Any practice of the one who signed in. */
export const membershipViewSchema = z.object({ memberId: memberIdSchema, practiceId: practiceIdSchema, practiceName: z.string(), roles: z.array(roleSchema), isCurrent: z.boolean() });
export type MembershipView = z.infer<typeof membershipViewSchema>;

export const signedInSchema = z.object({ memberships: z.array(membershipViewSchema) });

/** How a member reads the screens. Null leaves it to the browser, and to the practice's country. */
export const preferencesSchema = z.object({
  /** BCP 47; a page that does not speak it chooses by the browser. */
  language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z]{2,8})?$/).nullable(),
  clock: z.enum(['12-hour', '24-hour']).nullable(),
});
export type Preferences = z.infer<typeof preferencesSchema>;

export const credentialsViewSchema = z.object({
  /** Null until there is one; needed for the mailed link. */
  email: z.string().nullable(),
  passkeys: z.array(z.object({ id: z.string(), name: z.string(), createdAt: z.iso.datetime(), lastUsedAt: z.iso.datetime().nullable(), isBackedUp: z.boolean() })),
  hasAuthenticator: z.boolean(),
  /** Known to a community, which lets them in as well. */
  hasCommunity: z.boolean(),
  recoveryCodesLeft: z.int().nonnegative(),
});
export type CredentialsView = z.infer<typeof credentialsViewSchema>;

export const sessionOfMemberSchema = z.object({
  id: z.uuid(),
  method: signInMethodSchema,
  /** The browser's own words about itself, cut short. */
  userAgent: z.string(),
  createdAt: z.iso.datetime(),
  lastActiveAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  isCurrent: z.boolean(),
});
export type SessionOfMember = z.infer<typeof sessionOfMemberSchema>;

const wrongPasskey = { PASSKEY_REFUSED: { status: 401 } } as const;

export const passkeysContract = {
  /** A challenge, good for five minutes and once. */
  startSignIn: oc.route({ method: 'POST', path: '/sign-in/passkey/start' }).output(z.object({ options: passkeyOptionsSchema })),
  finishSignIn: oc.route({ method: 'POST', path: '/sign-in/passkey/finish' }).errors(wrongPasskey).input(z.object({ response: passkeyResponseSchema })).output(signedInSchema),
  /** `accountName`: how the device names the account in its own list; the member's name where it is left out. */
  startAdding: oc.route({ method: 'POST', path: '/passkeys/start' }).input(z.object({ accountName: z.string().trim().min(1).max(120).optional() }).default({})).output(z.object({ options: passkeyOptionsSchema })),
  finishAdding: oc.route({ method: 'POST', path: '/passkeys' }).errors(wrongPasskey).input(z.object({ response: passkeyResponseSchema, name: z.string().min(1).max(60) })).output(credentialsViewSchema),
  rename: oc
    .route({ method: 'PUT', path: '/passkeys/{passkeyId}' })
    .errors({ NOT_FOUND: { status: 404 } })
    .input(z.object({ passkeyId: z.string().min(1).max(1_400), name: z.string().trim().min(1).max(60) }))
    .output(credentialsViewSchema),
  /** The last way in cannot be removed. */
  remove: oc
    .route({ method: 'DELETE', path: '/passkeys/{passkeyId}' })
    .errors({ NOT_FOUND: { status: 404 }, LAST_WAY_IN: { status: 409 } })
    .input(z.object({ passkeyId: z.string().min(1).max(1_400) }))
    .output(credentialsViewSchema),
};

export const secondWayContract = {
  /** Always answers the same, whether or not somebody has the address. */
  sendEmail: oc.route({ method: 'POST', path: '/sign-in/email' }).input(z.object({ email: z.email().max(254) })).output(z.object({})),
  finishEmail: oc
    .route({ method: 'POST', path: '/sign-in/email/finish' })
    .errors({ LINK_USED_OR_EXPIRED: { status: 410 }, CODE_REFUSED: { status: 401 } })
    .input(z.object({ token: oneTimeTokenSchema, code: codeSchema }))
    .output(signedInSchema),
  /** A new secret for an authenticator; shown once, and of no use until confirmed. */
  startAuthenticator: oc.route({ method: 'POST', path: '/authenticator/start' }).output(z.object({ secret: z.string(), uri: z.string() })),
  confirmAuthenticator: oc
    .route({ method: 'POST', path: '/authenticator' })
    .errors({ CODE_REFUSED: { status: 401 }, EMAIL_TAKEN: { status: 409 } })
    .input(z.object({ code: codeSchema, email: z.email().max(254) }))
    .output(z.object({ recoveryCodes: z.array(z.string()) })),
  makeRecoveryCodes: oc.route({ method: 'POST', path: '/recovery-codes' }).output(z.object({ recoveryCodes: z.array(z.string()) })),
};

export const mySignInContract = {
  readCredentials: oc.route({ method: 'GET', path: '/me/credentials' }).output(credentialsViewSchema),
  listMemberships: oc.route({ method: 'GET', path: '/me/memberships' }).output(z.array(membershipViewSchema)),
  /** Goes on in another practice of the same person, in a new session. */
  switchPractice: oc.route({ method: 'POST', path: '/me/memberships/{memberId}/enter' }).errors({ NOT_FOUND: { status: 404 } }).input(z.object({ memberId: memberIdSchema })).output(signedInSchema),
  /** Of this membership: another practice may know one by another name. */
  rename: oc.route({ method: 'PUT', path: '/me/name' }).input(z.object({ name: z.string().trim().min(1).max(120) })).output(z.object({ name: z.string() })),
  setPreferences: oc.route({ method: 'PUT', path: '/me/preferences' }).input(preferencesSchema).output(preferencesSchema),
  listSessions: oc.route({ method: 'GET', path: '/me/sessions' }).output(z.array(sessionOfMemberSchema)),
  endSession: oc.route({ method: 'DELETE', path: '/me/sessions/{sessionId}' }).errors({ NOT_FOUND: { status: 404 } }).input(z.object({ sessionId: z.uuid() })).output(z.object({})),
  /** Signs out everywhere else, in every practice of the same person. */
  endOtherSessions: oc.route({ method: 'POST', path: '/me/sessions/end-others' }).output(z.object({ ended: z.int().nonnegative() })),
  /** Out of the idle lock, by the same person: a passkey's answer to `startSignIn`, or an authenticator's code. */
  unlock: oc
    .route({ method: 'POST', path: '/session/unlock' })
    .errors({ PASSKEY_REFUSED: { status: 401 }, CODE_REFUSED: { status: 401 } })
    .input(z.union([z.object({ passkey: passkeyResponseSchema }), z.object({ code: codeSchema })]))
    .output(z.object({})),
};

/** Which ways in this installation offers beyond passkeys: the page draws no button that leads nowhere. */
export const waysInContract = {
  read: oc.route({ method: 'GET', path: '/sign-in/ways' }).output(z.object({ email: z.boolean(), community: z.boolean() })),
};

const noCommunity = { NO_COMMUNITY: { status: 404 }, COMMUNITY_AWAY: { status: 503 } } as const;

export const communityContract = {
  /** Where to send the browser. */
  start: oc.route({ method: 'POST', path: '/sign-in/community/start' }).errors(noCommunity).output(z.object({ url: z.url() })),
  /** `answer`: the parameters that the provider added to the address of the page it sent the browser back to. */
  finish: oc
    .route({ method: 'POST', path: '/sign-in/community/finish' })
    .errors({ ...noCommunity, COMMUNITY_REFUSED: { status: 401 }, NOT_A_MEMBER: { status: 403 } })
    .input(z.object({ answer: z.record(z.string().min(1).max(64), z.string().max(4_096)) }))
    .output(signedInSchema),
};
