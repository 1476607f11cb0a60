/** The routes of voicemail and of how a practice answers. Turns bytes and samples into text and refusals into the contract's errors; decides nothing. */
import { actorOf, api, assertRole, readerOf, type MemberGuard, type MemberSession } from '../members/index.ts';
import { readSamples, writeSamples } from '../spoken-messages/index.ts';
import type { Answering, AnsweringActor } from './answering.ts';
import { durationOfOctets, type Voicemails } from './voicemails.ts';

export function createVoicemailRoutes({ voicemails, answering, guard }: { voicemails: Voicemails; answering: Answering; guard: MemberGuard }) {
  const os = api.voicemail;
  const settings = api.answering;
  return {
    voicemail: {
      list: os.list.use(guard).handler(({ input: { which, before, limit }, context }) => voicemails.list(readerOf(context.session), { isDone: which === 'done', before, limit })),
      read: os.read.use(guard).handler(async ({ input, context, errors }) => {
        const read = await voicemails.read(readerOf(context.session), input.callId);
        if (!read.ok) throw errors.VOICEMAIL_NOT_FOUND();
        return read.value;
      }),
      listen: os.listen.use(guard).handler(async ({ input, context, errors }) => {
        const heard = await voicemails.listen(readerOf(context.session), input.callId, input.from);
        if (!heard.ok) throw heard.refusal === 'unreadable' ? errors.VOICEMAIL_UNREADABLE() : errors.VOICEMAIL_NOT_FOUND();
        const { octets, next } = heard.value;
        return { audio: octets.toString('base64'), durationMs: durationOfOctets(octets.length), next };
      }),
      setDone: os.setDone.use(guard).handler(async ({ input, context, errors }) => {
        const set = await voicemails.setDone(readerOf(context.session), input.callId, input.isDone);
        if (!set.ok) throw errors.VOICEMAIL_NOT_FOUND();
        return set.value;
      }),
      remove: os.remove.use(guard).handler(async ({ input, context, errors }) => {
        if (!(await voicemails.remove(readerOf(context.session), input.callId)).ok) throw errors.VOICEMAIL_NOT_FOUND();
        return {};
      }),
      restore: os.restore.use(guard).handler(async ({ input, context, errors }) => {
        const restored = await voicemails.restore(readerOf(context.session), input.callId);
        if (!restored.ok) throw errors.VOICEMAIL_NOT_FOUND();
        return restored.value;
      }),
    },
    answering: {
      read: settings.read.use(guard).handler(({ context }) => answering.read(context.session.practice.id)),
      change: settings.change.use(guard).handler(({ input, context }) => answering.change(adminOf(context.session), input)),
      setLine: settings.setLine.use(guard).handler(async ({ input, context, errors }) => {
        const set = await answering.setLine(adminOf(context.session), input.lineId, input.takesVoicemail);
        if (!set.ok) throw set.refusal === 'not-found' ? errors.NOT_FOUND() : errors.LINE_NOT_ANSWERED_HERE();
        return set.value;
      }),
      recordGreeting: settings.recordGreeting.use(guard).handler(async ({ input, context, errors }) => {
        const recorded = await answering.recordGreeting(adminOf(context.session), readSamples(input.recording));
        if (!recorded.ok) throw errors.NOTHING_SPOKEN();
        return recorded.value;
      }),
      restoreGreeting: settings.restoreGreeting.use(guard).handler(({ context }) => answering.restoreGreeting(adminOf(context.session))),
      listenToGreeting: settings.listenToGreeting.use(guard).handler(async ({ context }) => ({ recording: writeSamples(await answering.openGreeting(context.session.practice.id)) })),
    },
  };
}

function adminOf(session: MemberSession): AnsweringActor {
  assertRole(session, 'practice-admin');
  return { practiceId: session.practice.id, memberId: session.member.id, actor: actorOf(session) };
}
