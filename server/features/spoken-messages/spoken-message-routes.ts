/** The routes of a member's own messages. Turns bytes into samples and refusals into the contract's errors; decides nothing. */
import { actorOf, api, type MemberGuard, type MemberSession } from '../members/index.ts';
import { readSamples, writeSamples } from './sample-text.ts';
import type { MessageWriter, SpokenMessages } from './spoken-messages.ts';

export function createSpokenMessageRoutes({ messages, guard }: { messages: SpokenMessages; guard: MemberGuard }) {
  const os = api.spokenMessages;
  return {
    spokenMessages: {
      list: os.list.use(guard).handler(({ context }) => messages.list(ownerOf(context.session))),
      record: os.record.use(guard).handler(async ({ input, context, errors }) => {
        const recorded = await messages.record(ownerOf(context.session), input.name, readSamples(input.recording));
        if (!recorded.ok) throw recorded.refusal === 'too-many' ? errors.TOO_MANY_MESSAGES() : errors.NOTHING_SPOKEN();
        return recorded.value;
      }),
      rename: os.rename.use(guard).handler(async ({ input, context, errors }) => {
        const renamed = await messages.rename(ownerOf(context.session), input.messageId, input.name);
        if (renamed === undefined) throw errors.MESSAGE_NOT_FOUND();
        return renamed;
      }),
      listen: os.listen.use(guard).handler(async ({ input, context, errors }) => {
        const samples = await messages.open(ownerOf(context.session), input.messageId);
        if (samples === undefined) throw errors.MESSAGE_NOT_FOUND();
        return { recording: writeSamples(samples) };
      }),
      remove: os.remove.use(guard).handler(async ({ input, context, errors }) => {
        if (!(await messages.remove(ownerOf(context.session), input.messageId))) throw errors.MESSAGE_NOT_FOUND();
        return {};
      }),
    },
  };
}

const ownerOf = (session: MemberSession): MessageWriter => ({ practiceId: session.practice.id, memberId: session.member.id, actor: actorOf(session) });
