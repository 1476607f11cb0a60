/** Reads what a community says of somebody who signs in through it: whether a member, whether a verified physician, on which plan. Believes nothing that is not said in so many words. */
import type { Role } from '#contract/sign-in.ts';

/** Which claims say it; a community names them as it likes. */
export interface CommunityClaimNames {
  /** True, or "active", for a member in good standing. */
  member: string;
  /** True for a physician whose licence the community has checked. */
  verifiedPhysician: string;
  /** The plan's name. */
  plan: string;
}

export const USUAL_CLAIM_NAMES: CommunityClaimNames = { member: 'quietline_member', verifiedPhysician: 'quietline_verified_physician', plan: 'quietline_plan' };

export type CommunityStanding = { isMember: false } | { isMember: true; name: string; isVerifiedPhysician: boolean; plan: string; roles: Role[] };

const isYes = (claim: unknown): boolean => claim === true || claim === 'true' || claim === 'active';

export function readStanding(claims: Readonly<Record<string, unknown>>, names: CommunityClaimNames = USUAL_CLAIM_NAMES): CommunityStanding {
  if (!isYes(claims[names.member])) return { isMember: false };
  const { name } = claims;
  const plan = claims[names.plan];
  const isVerifiedPhysician = isYes(claims[names.verifiedPhysician]);
  return {
    isMember: true,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 120) : 'Member',
    isVerifiedPhysician,
    plan: typeof plan === 'string' && /^[a-z][a-z0-9-]{0,39}$/.test(plan) ? plan : 'member',
    // No claim makes an admin: who sets a practice is the practice's to say.
    roles: [isVerifiedPhysician ? 'physician' : 'staff'],
  };
}
