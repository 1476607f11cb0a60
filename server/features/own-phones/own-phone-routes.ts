/** The routes of a member's own phone. Turns refusals into the contract's errors; decides nothing. */
import { ORPCError } from '@orpc/server';
import { actorOf, api, type MemberGuard, type MemberSession } from '../members/index.ts';
import type { OwnPhones, PhoneOwner } from './own-phones.ts';

export function createOwnPhoneRoutes({ phones, guard }: { phones: OwnPhones; guard: MemberGuard }) {
  const os = api.ownPhone;
  return {
    ownPhone: {
      read: os.read.use(guard).handler(({ context }) => phones.read(ownerOf(context.session))),
      set: os.set.use(guard).handler(async ({ input, context }) => given(await phones.set(ownerOf(context.session), input.number))),
      callWithCode: os.callWithCode.use(guard).handler(async ({ context }) => given(await phones.callWithCode(ownerOf(context.session)))),
      stopCodeCall: os.stopCodeCall.use(guard).handler(({ context }) => phones.stopCodeCall(ownerOf(context.session))),
      enterCode: os.enterCode.use(guard).handler(async ({ input, context }) => given(await phones.enterCode(ownerOf(context.session), input.code))),
      remove: os.remove.use(guard).handler(({ context }) => phones.remove(ownerOf(context.session))),
    },
  };
}

const ownerOf = (session: MemberSession): PhoneOwner => ({ practice: session.practice, memberId: session.member.id, actor: actorOf(session) });

/** Each refusal is the contract's error of the same name, whose status is there. */
const STATUS = {
  'number-not-allowed': 422,
  'no-phone': 404,
  'too-many-code-calls': 429,
  'code-call-running': 409,
  'no-line-to-call-from': 409,
  'call-not-possible': 503,
  'no-code': 409,
  'code-wrong': 422,
  'code-expired': 410,
  'too-many-tries': 429,
} as const;

function given<Value>(result: { ok: true; value: Value } | { ok: false; refusal: keyof typeof STATUS }): Value {
  if (result.ok) return result.value;
  throw new ORPCError(result.refusal.toUpperCase().replaceAll('-', '_'), { status: STATUS[result.refusal], defined: true });
}
