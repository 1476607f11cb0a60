/** Under which names this tab keeps its id and the call it carries, and how it forgets them. Reads and checks nothing: device-id.ts does. */

export const deviceKey = 'quietline.device';
export const carriedKey = 'quietline.carried-call';

/** At the end of the session: which tab this was, and what it carried, is the next one's business no more. */
export function forgetCalls(): void {
  sessionStorage.removeItem(deviceKey);
  sessionStorage.removeItem(carriedKey);
}
