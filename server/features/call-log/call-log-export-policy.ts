/** The log as a file for a spreadsheet. Pure; what no spreadsheet may take for a formula is the CSV codec's business. */
import parsePhoneNumber from 'libphonenumber-js/max';
import type { CallLogEntry } from '#contract/call-log.ts';
import { encodeCsv } from '../contacts/index.ts';

const HEADERS = ['Date', 'Time', 'Direction', 'Name', 'Number', 'Line', 'Called by', 'On behalf of', 'End', 'Talk in seconds', 'Outcome', 'Confirmed by', 'Next step', 'Due', 'Done'];

export function exportCalls(entries: readonly CallLogEntry[], { timeZone, nameOf }: { timeZone: string; nameOf: (memberId: string) => string }): string {
  // The one form of a date that every spreadsheet reads as one: year, month, day.
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' });
  return encodeCsv([
    HEADERS,
    ...entries.map((entry) => {
      const startedAt = new Date(entry.startedAt);
      const talkedMs = entry.answeredAt === null || entry.endedAt === null ? null : Date.parse(entry.endedAt) - Date.parse(entry.answeredAt);
      return [
        day.format(startedAt),
        time.format(startedAt),
        entry.direction,
        entry.partyName ?? '',
        entry.number === null ? '' : (parsePhoneNumber(entry.number)?.formatInternational() ?? entry.number),
        entry.line.name,
        entry.madeBy === null ? '' : nameOf(entry.madeBy),
        entry.onBehalfOf === null ? '' : nameOf(entry.onBehalfOf),
        entry.endReason ?? '',
        talkedMs === null ? '' : String(Math.round(talkedMs / 1_000)),
        entry.outcome?.outcome ?? (entry.suggestion === null ? '' : `${entry.suggestion.outcome} (suggested)`),
        entry.outcome === null ? '' : nameOf(entry.outcome.by),
        entry.nextStep?.text ?? '',
        entry.nextStep?.dueOn ?? '',
        entry.nextStep === null || entry.nextStep.doneAt === null ? '' : day.format(new Date(entry.nextStep.doneAt)),
      ];
    }),
  ]);
}
