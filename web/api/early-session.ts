/** The question that every signed-in screen begins with, asked before any screen is there: on a slow network its answer comes while the script still does. Keeps the answer for the one who asks first, and for nobody after. */

export const SESSION_PATH = '/api/session';

let early: Promise<Response> | null = null;

export function askForSession(): void {
  early = fetch(SESSION_PATH, { headers: { accept: 'application/json' } });
  // Whoever takes it hears of the failure; where nobody does, nobody has to.
  early.catch(() => {});
}

export function takeEarlySession(): Promise<Response> | null {
  const taken = early;
  early = null;
  return taken;
}
