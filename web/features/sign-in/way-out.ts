/** The one way out of the page once its session is over. Whoever learns of the end calls it, the first leads, and nothing of a patient stays behind. Draws nothing. */
import { api } from '../../api/api-client.ts';
import { forgetCalls } from '../calls/device-memory.ts';
import { forgetNotes } from '../notes/note-keeper.ts';

/** In the address, so that the words outlive the load of a page that remembers nothing. */
const endedMark = '?ended=true';

let isGoing = false;
let signingOut: Promise<void> | null = null;

export const wasEnded = (): boolean => new URLSearchParams(location.search).has('ended');

/** A second navigation would abort the first. */
export function leavePage(search: '' | typeof endedMark = ''): void {
  if (isGoing) return;
  isGoing = true;
  // Before the page goes: a note that was not sent would hold it back with a question.
  forgetNotes();
  forgetCalls();
  location.replace(`/sign-in${search}`);
}

/** Rejects, and stays, where the server was not reached. */
export function signOutHere(): Promise<void> {
  signingOut ??= api.signIn
    .signOut()
    .then(() => leavePage())
    .finally(() => (signingOut = null));
  return signingOut;
}

/** Ended elsewhere, or run out. The socket tells of one's own sign-out too, before its answer is here: that one leads then. */
export async function leaveEnded(): Promise<void> {
  await signingOut?.catch(() => {});
  leavePage(endedMark);
}
