/** The routes of lines: which may be shown and how each stands, for everyone; adding, approving and removing, for admins. */
import { ORPCError } from '@orpc/server';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { Database } from '#server/platform/storage/database.ts';
import { actorOf, api, assertRole } from '../members/index.ts';
import type { MemberGuard, MemberSession } from '../members/index.ts';
import type { LineActor, LineProofs } from './line-proofs.ts';
import { readLineOfMember, setLineOfMember } from './line-defaults.ts';
import { listProvenLines } from './line-store.ts';
import { isToShow, listAllToShow, readLinesToShow, setLinesToShow } from './lines-to-show.ts';

export function createLineRoutes({ database, proofs, guard, clock }: { database: Database; proofs: LineProofs; guard: MemberGuard; clock: Clock }) {
  const { lines } = api;
  return {
    lines: {
      list: lines.list.use(guard).handler(async ({ context }) => {
        const { practice, member, actsFor } = context.session;
        const [proven, toShow, mine, ...theirs] = await Promise.all([listProvenLines(database, practice.id), readLinesToShow(database, practice.id, member.id), readLineOfMember(database, practice.id, member.id), ...actsFor.map(({ id }) => readLineOfMember(database, practice.id, id))]);
        return proven.map((line) => ({ ...line, isToShow: isToShow(toShow, line.id), isMine: line.id === mine, isOf: actsFor.filter((_physician, index) => theirs[index] === line.id).map(({ id }) => id) }));
      }),
      setMine: lines.setMine.use(guard).handler(async ({ input, context }) => {
        given(await setLineOfMember({ database, clock }, memberOf(context.session), context.session.member.id, input.lineId));
        return {};
      }),
      listToShow: lines.listToShow.use(guard).handler(({ context }) => listAllToShow(database, adminOf(context.session).practice.id)),
      setToShow: lines.setToShow.use(guard).handler(async ({ input, context }) => ({ lineIds: given(await setLinesToShow({ database, clock }, adminOf(context.session), input.memberId, input.lineIds)) })),
      listAll: lines.listAll.use(guard).handler(({ context }) => proofs.list(memberOf(context.session))),
      add: lines.add.use(guard).handler(async ({ input, context }) => given(await proofs.add(adminOf(context.session), input))),
      change: lines.change.use(guard).handler(async ({ input, context }) => given(await proofs.change(adminOf(context.session), input.lineId, input))),
      callWithCode: lines.callWithCode.use(guard).handler(async ({ input, context }) => given(await proofs.callWithCode(memberOf(context.session), input.lineId))),
      stopCodeCall: lines.stopCodeCall.use(guard).handler(async ({ input, context }) => given(await proofs.stopCodeCall(memberOf(context.session), input.lineId))),
      enterCode: lines.enterCode.use(guard).handler(async ({ input, context }) => given(await proofs.enterCode(memberOf(context.session), input.lineId, input.code))),
      approve: lines.approve.use(guard).handler(async ({ input, context }) => given(await proofs.approve(adminOf(context.session), input.lineId, context.session.member.id))),
      makeDefault: lines.makeDefault.use(guard).handler(async ({ input, context }) => given(await proofs.makeDefault(adminOf(context.session), input.lineId))),
      remove: lines.remove.use(guard).handler(async ({ input, context }) => {
        given(await proofs.remove(adminOf(context.session), input.lineId));
        return {};
      }),
    },
  };
}

/** Whoever sits at the desk may have it called and enter what was heard; only an admin's yes counts. */
const memberOf = (session: MemberSession): LineActor => ({ practice: session.practice, actor: actorOf(session) });

function adminOf(session: MemberSession): LineActor {
  assertRole(session, 'practice-admin');
  return memberOf(session);
}

/** Each refusal is the contract's error of the same name, whose status is there. */
const STATUS = {
  'not-found': 404,
  'number-not-allowed': 422,
  'number-taken': 409,
  'no-trunk': 409,
  'too-many-code-calls': 429,
  'code-call-running': 409,
  'no-line-to-call-from': 409,
  'call-not-possible': 503,
  'no-code': 409,
  'code-wrong': 422,
  'code-expired': 410,
  'too-many-tries': 429,
  'not-awaiting-approval': 409,
  'line-not-proven': 409,
  'line-not-yours': 403,
  'last-line': 409,
} as const;

function given<Value>(result: { ok: true; value: Value } | { ok: false; refusal: keyof typeof STATUS }): Value {
  if (result.ok) return result.value;
  throw new ORPCError(result.refusal.toUpperCase().replaceAll('-', '_'), { status: STATUS[result.refusal], defined: true });
}
