/** Days of the practice's calendar as the contract writes them: "2026-05-14". Pure but for Intl. */

/** The day in the practice's zone, `days` later: counted on the calendar, so that a change of the clocks skips none. */
export function dayOf(nowMs: number, timeZone: string, days: number): string {
  const [year = 0, month = 1, day = 1] = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(nowMs).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}
