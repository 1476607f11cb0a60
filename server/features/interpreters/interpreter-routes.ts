/** The routes of interpreter services: listed for everyone, changed by admins. Turns refusals into the contract's errors; decides nothing. */
import { actorOf, api, assertRole, type MemberGuard, type MemberSession } from '../members/index.ts';
import type { InterpreterAdmin, Interpreters } from './interpreters.ts';

export function createInterpreterRoutes({ interpreters, guard }: { interpreters: Interpreters; guard: MemberGuard }) {
  const os = api.interpreters;
  return {
    interpreters: {
      list: os.list.use(guard).handler(({ context }) => interpreters.list(context.session.practice.id)),
      add: os.add.use(guard).handler(async ({ input, context, errors }) => {
        const added = await interpreters.add(adminOf(context.session), input);
        if (!added.ok) throw added.refusal === 'too-many' ? errors.TOO_MANY_SERVICES() : errors.NUMBER_NOT_ALLOWED();
        return added.value;
      }),
      change: os.change.use(guard).handler(async ({ input, context, errors }) => {
        const changed = await interpreters.change(adminOf(context.session), input.serviceId, input);
        if (!changed.ok) throw changed.refusal === 'not-found' ? errors.SERVICE_NOT_FOUND() : errors.NUMBER_NOT_ALLOWED();
        return changed.value;
      }),
      remove: os.remove.use(guard).handler(async ({ input, context, errors }) => {
        if (!(await interpreters.remove(adminOf(context.session), input.serviceId))) throw errors.SERVICE_NOT_FOUND();
        return {};
      }),
    },
  };
}

function adminOf(session: MemberSession): InterpreterAdmin {
  assertRole(session, 'practice-admin');
  return { practice: session.practice, actor: actorOf(session) };
}
