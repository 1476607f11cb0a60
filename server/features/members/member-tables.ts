/** The tables of members as kysely sees them. */
import type { Generated } from 'kysely';
import type { Preferences, Role, SignInMethod } from '#contract/sign-in.ts';

export interface MemberTables {
  practice: { id: string; name: string; country: string; time_zone: string; is_sandbox: boolean; created_at: Date; disabled_at: Generated<Date | null>; is_demo: Generated<boolean> };
  member: {
    id: string;
    practice_id: string;
    name: string;
    created_at: Date;
    disabled_at: Date | null;
    person_id: string | null;
    roles: Generated<Role[]>;
    plan: Generated<string>;
    is_verified_physician: Generated<boolean>;
    language: Generated<string | null>;
    clock: Generated<Preferences['clock']>;
  };
  acting_for: { practice_id: string; staff_id: string; physician_id: string; created_at: Date };
  sign_in_link: { token_hash: Buffer; practice_id: string; member_id: string; created_at: Date; expires_at: Date; used_at: Date | null };
  session: { id: string; token_hash: Buffer; practice_id: string; member_id: string; created_at: Date; expires_at: Date; ended_at: Date | null; method: Generated<SignInMethod>; user_agent: Generated<string>; last_active_at: Generated<Date> };
  person: { id: string; email: string | null; created_at: Date; totp_sealed: Buffer | null; totp_confirmed_at: Date | null; totp_last_step: Generated<string> };
  person_identity: { issuer: string; subject: string; person_id: string; created_at: Date };
  passkey: {
    credential_id: string;
    person_id: string;
    name: string;
    public_key: Buffer;
    counter: string;
    transports: string[];
    is_backed_up: boolean;
    created_at: Date;
    last_used_at: Date | null;
  };
  recovery_code: { person_id: string; code_index: Buffer; used_at: Date | null };
  sign_in_challenge: { token_hash: Buffer; kind: ChallengeKind; person_id: string | null; detail: unknown; attempts: Generated<number>; expires_at: Date; used_at: Date | null };
  invitation: {
    id: string;
    token_hash: Buffer;
    practice_id: string;
    name: string;
    email: string | null;
    roles: Role[];
    invited_by: string;
    member_id: string | null;
    created_at: Date;
    expires_at: Date;
    used_at: Date | null;
    withdrawn_at: Date | null;
  };
  access_token: {
    id: string;
    token_hash: Buffer;
    practice_id: string;
    member_id: string;
    name: string;
    scopes: string[];
    created_at: Date;
    expires_at: Date;
    last_used_at: Date | null;
    revoked_at: Date | null;
  };
}

export type ChallengeKind = 'passkey-add' | 'passkey-sign-in' | 'email-link' | 'join-passkey' | 'authenticator' | 'oidc';
