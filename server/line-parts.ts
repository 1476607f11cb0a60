/** Puts together what stands around a practice's lines: proofs, defaults, reminders by mail. Wired here so that main stays a list of parts; holds no rule. */
import type { LineId, MemberId, PracticeId } from '#contract/ids.ts';
import type { Contacts } from './features/contacts/index.ts';
import { createLineProofs, createLineRoutes, listProvenLines, readLineOfMember, readLinesToShow, startLineReminders, type LineReminder } from './features/lines/index.ts';
import { createMailer, listAdminAddresses, listPracticeIds, type MailSettings, type MemberGuard, type Reader } from './features/members/index.ts';
import type { Clock } from './platform/clock/clock.ts';
import type { RandomSource } from './platform/clock/random.ts';
import type { Log } from './platform/logging/log.ts';
import type { Database } from './platform/storage/database.ts';
import type { CallCarrier, MediaEngine, SdesPolicy, TrunkSettings } from './telephony/index.ts';

export interface LineParts {
  database: Database;
  guard: MemberGuard;
  carrier: CallCarrier;
  engine: MediaEngine;
  sdes: SdesPolicy;
  /** Empty in the sandbox. */
  trunks: readonly TrunkSettings[];
  contacts: Pick<Contacts, 'linesOf'>;
  /** Undefined: reminders stand on the screen alone. */
  mail: MailSettings | undefined;
  clock: Clock;
  random: RandomSource;
  log: Log;
}

export function openLines({ database, guard, carrier, engine, sdes, trunks, contacts, mail, clock, random, log }: LineParts) {
  const trunkNumber = trunks.find(({ ownNumber }) => ownNumber !== undefined)?.ownNumber;
  const proofs = createLineProofs({ database, carrier, engine, sdes, trunkNumber, clock, random, log });
  const mailer = mail === undefined ? undefined : createMailer(mail);
  const tell = async (reminder: LineReminder): Promise<void> => {
    if (mailer === undefined) return;
    for (const to of await listAdminAddresses(database, reminder.practiceId)) await mailer.send({ to, ...reminderMail(reminder) });
  };
  const reminders = startLineReminders({ database, listPractices: () => listPracticeIds(database), tell, clock, log });
  return {
    routes: createLineRoutes({ database, proofs, guard, clock }),
    takeReturn: proofs.takeReturn,
    listProven: (practiceId: string) => listProvenLines(database, practiceId as PracticeId),
    readDefaults: async ({ practice, memberId, inNameOf, reader, typed }: { practice: { id: PracticeId; country: string }; memberId: MemberId; inNameOf: MemberId; reader: Reader; typed: string }): Promise<{ mayShow: LineId[] | null; ofContacts: Array<LineId | null>; ofMember: LineId | null }> => {
      const [mayShow, ofContacts, ofMember] = await Promise.all([readLinesToShow(database, practice.id, memberId), contacts.linesOf(reader, typed, practice.country), readLineOfMember(database, practice.id, inNameOf)]);
      return { mayShow, ofContacts, ofMember };
    },
    stop: async (): Promise<void> => {
      proofs.close();
      await reminders.stop();
    },
  };
}

function reminderMail({ lineName, lineNumber, daysBefore, expiresAt }: LineReminder): { subject: string; text: string } {
  const day = expiresAt.toISOString().slice(0, 10);
  const isOver = daysBefore === 0;
  return {
    subject: isOver ? `${lineName} can no longer be shown to patients` : `${lineName} must be proven again by ${day}`,
    text: [
      isOver ? `The proof of ${lineName} (${lineNumber}) ended on ${day}. Nobody can show it to a patient until it is proven again.` : `The proof of ${lineName} (${lineNumber}) ends on ${day}. From then on nobody can show it to a patient.`,
      'Proving takes a call to that number and two minutes, at the clinic’s phone where it is the clinic’s own: Settings, Lines, "Prove again".',
    ].join('\n\n'),
  };
}
