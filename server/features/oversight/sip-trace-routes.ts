/** The routes of SIP ladders: the operator switches the recording, and reads; a practice's admin reads those of the practice's own calls. Each act is in the audit. */
import type { AuditAction } from '#contract/audit.ts';
import type { CallId, PracticeId } from '#contract/ids.ts';
import type { SipLadder, SipTraceState, SipTraceView } from '#contract/sip-traces.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import type { Ladder, SipTraces } from '#server/telephony/index.ts';
import { appendAudit } from '../audit/index.ts';
import { actorOf, api, assertRole, readerOf, type MemberGuard, type MemberSession, type Reader } from '../members/index.ts';

export interface SipTraceRouteParts {
  database: Database;
  guard: MemberGuard;
  traces: SipTraces;
  /** Whether this call is the practice's. */
  isCallOf: (practiceId: PracticeId, callId: CallId) => Promise<boolean>;
  /** Of these calls, those which the reader sees in the log. */
  filterSeen: (practiceId: PracticeId, callIds: readonly string[], reader: Reader) => Promise<readonly string[]>;
  clock: Clock;
}

export function createSipTraceRoutes({ database, guard, traces, isCallOf, filterSeen, clock }: SipTraceRouteParts) {
  const isOperator = (session: MemberSession): boolean => session.roles.includes('operator');
  const write = (session: MemberSession, action: AuditAction, callId?: CallId, detail = {}): Promise<void> =>
    inPractice<object, void>(database, session.practice.id, async (transaction) => {
      await appendAudit(transaction, clock.now(), { practiceId: session.practice.id, actor: actorOf(session), action, subject: callId === undefined ? undefined : { kind: 'call', id: callId }, detail });
    });
  /** A practice's admin has no business with another practice's calls, not even with their number. */
  const visible = async (session: MemberSession): Promise<Ladder[]> => {
    if (isOperator(session)) return [...traces.ladders()];
    const own = await Promise.all(traces.ladders().map(async (ladder) => ((await isCallOf(session.practice.id, ladder.callId as CallId)) ? ladder : undefined)));
    return own.filter((ladder) => ladder !== undefined);
  };
  const viewsFor = async (session: MemberSession, ladders: readonly Ladder[]): Promise<SipTraceView[]> => {
    const seen = ladders.length === 0 ? [] : await filterSeen(session.practice.id, ladders.map(({ callId }) => callId), readerOf(session));
    return ladders.map((ladder) => viewOf(ladder, seen.includes(ladder.callId)));
  };
  const stateFor = async (session: MemberSession): Promise<SipTraceState> => {
    const until = traces.onUntil();
    return { onUntil: until === undefined ? null : new Date(until).toISOString(), maySwitch: isOperator(session), traces: await viewsFor(session, await visible(session)) };
  };
  const assertReader = (session: MemberSession): void => {
    if (!isOperator(session)) assertRole(session, 'practice-admin');
  };

  return {
    sipTraces: {
      read: api.sipTraces.read.use(guard).handler(({ context }) => {
        assertReader(context.session);
        return stateFor(context.session);
      }),
      switchOn: api.sipTraces.switchOn.use(guard).handler(async ({ input, context }) => {
        const { session } = context;
        assertRole(session, 'operator');
        await write(session, 'sip-trace-switched', undefined, { minutes: input.minutes });
        traces.switchOn(clock.now() + input.minutes * 60_000);
        return stateFor(session);
      }),
      switchOff: api.sipTraces.switchOff.use(guard).handler(async ({ context }) => {
        const { session } = context;
        assertRole(session, 'operator');
        await write(session, 'sip-trace-switched', undefined, { minutes: 0 });
        traces.switchOff();
        return stateFor(session);
      }),
      readLadder: api.sipTraces.readLadder.use(guard).handler(async ({ input, context, errors }) => {
        const { session } = context;
        assertReader(session);
        const ladder = traces.find(input.callId);
        if (ladder === undefined || !(isOperator(session) || (await isCallOf(session.practice.id, input.callId)))) throw errors.NOT_FOUND();
        await write(session, 'sip-trace-read', input.callId);
        const [view] = await viewsFor(session, [ladder]);
        return ladderOf(ladder, view!);
      }),
    },
  };
}

function viewOf(ladder: Ladder, isInLog: boolean): SipTraceView {
  const last = ladder.messages.findLast(({ title, cseq }) => /^[2-6]\d\d$/.test(title) && cseq.endsWith(' INVITE'));
  return { callId: ladder.callId as CallId, startedAt: new Date(ladder.startedAt).toISOString(), trunks: [...ladder.trunks], messageCount: ladder.messages.length, lastStatus: last === undefined ? null : Number(last.title), isInLog };
}

function ladderOf(ladder: Ladder, view: SipTraceView): SipLadder {
  const first = ladder.messages[0]?.at ?? ladder.startedAt;
  return { ...view, isCut: ladder.isCut, messages: ladder.messages.map(({ at, direction, transport, title, cseq, hasSdp, lines }) => ({ afterMs: Math.max(0, Math.round(at - first)), direction, transport, title, cseq, hasSdp, lines: [...lines] })) };
}
