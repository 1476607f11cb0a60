/** The routes of the log of calls. Turns refusals into the contract's errors; decides nothing. */
import { api, assertRole, readerOf, type MemberGuard, type MemberSession } from '../members/index.ts';
import type { CallLog, PracticePlace } from './call-log.ts';

export function createCallLogRoutes({ callLog, guard }: { callLog: CallLog; guard: MemberGuard }) {
  const os = api.calls;
  return {
    calls: {
      list: os.list.use(guard).handler(({ input, context: { session } }) => callLog.search(readerOf(session), placeOf(session), { text: '', whose: 'all' }, input)),
      search: os.search.use(guard).handler(({ input: { before, limit, ...filter }, context: { session } }) => callLog.search(readerOf(session), placeOf(session), filter, { before, limit })),
      listOfContact: os.listOfContact.use(guard).handler(async ({ input, context, errors }) => {
        const listed = await callLog.listOfContact(readerOf(context.session), input.contactId);
        if (!listed.ok) throw errors.CONTACT_NOT_FOUND();
        return listed.value;
      }),
      read: os.read.use(guard).handler(async ({ input, context, errors }) => {
        const read = await callLog.read(readerOf(context.session), input.callId);
        if (!read.ok) throw errors.CALL_NOT_FOUND();
        return read.value;
      }),
      setOutcome: os.setOutcome.use(guard).handler(async ({ input, context, errors }) => {
        const set = await callLog.setOutcome(readerOf(context.session), input.callId, input.outcome);
        if (!set.ok) throw set.refusal === 'call-not-over' ? errors.CALL_NOT_OVER() : errors.CALL_NOT_FOUND();
        return set.value;
      }),
      setNextStep: os.setNextStep.use(guard).handler(async ({ input, context, errors }) => {
        const set = await callLog.setNextStep(readerOf(context.session), input.callId, input.step);
        if (!set.ok) throw errors.CALL_NOT_FOUND();
        return set.value;
      }),
      setNextStepDone: os.setNextStepDone.use(guard).handler(async ({ input, context, errors }) => {
        const set = await callLog.setNextStepDone(readerOf(context.session), input.callId, input.isDone);
        if (!set.ok) throw set.refusal === 'no-next-step' ? errors.NO_NEXT_STEP() : errors.CALL_NOT_FOUND();
        return set.value;
      }),
      listOpenSteps: os.listOpenSteps.use(guard).handler(({ context }) => callLog.listOpenSteps(readerOf(context.session))),
      measureCallbacks: os.measureCallbacks.use(guard).handler(({ input, context: { session } }) => {
        assertRole(session, 'practice-admin');
        return callLog.measureCallbacks(readerOf(session), placeOf(session), input.weekdays);
      }),
      export: os.export.use(guard).handler(async ({ input, context: { session } }) => ({ fileName: 'calls.csv', mediaType: 'text/csv', ...(await callLog.exportCsv(readerOf(session), placeOf(session), input)) })),
    },
  };
}

const placeOf = ({ practice: { country, timeZone } }: MemberSession): PracticePlace => ({ country, timeZone });
