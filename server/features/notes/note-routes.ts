/** The routes of notes and purge receipts. Turns refusals into the contract's errors; decides nothing. */
import { assertNever } from '#contract/result.ts';
import { api, readerOf, type MemberGuard } from '../members/index.ts';
import type { NoteRefusal, Notes } from './notes.ts';

export function createNoteRoutes({ notes, guard }: { notes: Notes; guard: MemberGuard }) {
  return {
    notes: {
      read: api.notes.read.use(guard).handler(async ({ input, context, errors }) => {
        const read = await notes.read(readerOf(context.session), input.callId);
        return read.ok ? read.value : fail(read.refusal, errors);
      }),
      listOfCalls: api.notes.listOfCalls.use(guard).handler(({ input, context }) => notes.listOfCalls(readerOf(context.session), input.callIds)),
      save: api.notes.save.use(guard).handler(async ({ input, context, errors }) => {
        const saved = await notes.save(readerOf(context.session), input);
        return saved.ok ? saved.value : fail(saved.refusal, errors);
      }),
      markCopied: api.notes.markCopied.use(guard).handler(async ({ input, context, errors }) => {
        const marked = await notes.markCopied(readerOf(context.session), input.callId, input.revision);
        return marked.ok ? marked.value : fail(marked.refusal, errors);
      }),
      destroy: api.notes.destroy.use(guard).handler(async ({ input, context, errors }) => {
        const destroyed = await notes.destroy(readerOf(context.session), input.callId);
        return destroyed.ok ? destroyed.value : fail(destroyed.refusal, errors);
      }),
      listEnding: api.notes.listEnding.use(guard).handler(({ context }) => notes.listEnding(readerOf(context.session))),
      listReceipts: api.notes.listReceipts.use(guard).handler(({ input, context }) => notes.listReceipts(readerOf(context.session), input.limit)),
    },
  };
}

/** The errors of the contract that a note's refusal can become. */
type NoteErrors = Readonly<Record<'CALL_NOT_FOUND' | 'NOTE_DESTROYED' | 'CLOCK_AT_ODDS' | 'NOTE_TOO_LONG', () => Error>>;

function fail(refusal: NoteRefusal, errors: NoteErrors): never {
  switch (refusal) {
    case 'call-not-found':
      throw errors.CALL_NOT_FOUND();
    case 'note-destroyed':
      throw errors.NOTE_DESTROYED();
    case 'clock-at-odds':
      throw errors.CLOCK_AT_ODDS();
    case 'note-too-long':
      throw errors.NOTE_TOO_LONG();
    default:
      return assertNever(refusal);
  }
}
