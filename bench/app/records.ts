/** What is kept, measured for bench/app.ts on an embedded database of its own: searching contacts as one types, importing them, sweeping notes that are due, setting handouts. */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { handoutPaperSchema, handoutSettingsSchema } from '#contract/handouts.ts';
import { csvOfPeople, openContactsUnderTest, seedReader, uploadFile } from '#server/features/contacts/contacts-under-test.ts';
import { handoutPageOf } from '#server/features/handouts/handout-content-policy.ts';
import { handoutMessages } from '#server/features/handouts/handout-messages.ts';
import { createHandoutPrinter } from '#server/features/handouts/handout-pdf.ts';
import { sweepNotes } from '#server/features/notes/index.ts';
import { openNotesUnderTest, seedPractice } from '#server/features/notes/notes-under-test.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { inPractice, openDatabase, type Database } from '#server/platform/storage/database.ts';
import { startEmbeddedPostgres } from '#server/platform/storage/embedded-postgres.ts';
import { migrate } from '#server/platform/storage/migration.ts';
import { allMigrations } from '#server/platform/storage/migrations/all-migrations.ts';
import { median, quantile, type Row } from '../report.ts';

const NOTES = 1_000_000;

interface Bench {
  readonly database: Database;
  readonly folder: string;
  readonly runs: number;
}

export async function measureRecords(runs: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'quietline-bench-'));
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres') });
  const database = openDatabase({ url: postgres.url, log: silentLog });
  try {
    await migrate(database, allMigrations);
    const bench = { database, folder, runs };
    return [...(await measureContacts(bench, 10_000)), ...(await measureContacts(bench, 100_000)), await measureSweep(bench), measurePrinting(runs)];
  } finally {
    await database.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureContacts({ database, folder, runs }: Bench, size: number): Promise<Row[]> {
  const rows: Row[] = [];
  const reader = await seedReader(database);
  const it = openContactsUnderTest(database, join(folder, 'keys'));
  const id = await uploadFile(it.imports, reader, 'csv', csvOfPeople(size));
  const began = performance.now();
  await it.imports.start(reader, id, ['givenName', 'familyName', 'mobile', 'language', 'tags']);
  await it.imports.resume();
  rows.push({ metric: `import of ${size} rows`, unit: 'rows/s', ours: size / ((performance.now() - began) / 1_000), goal: 1_000, goalOf: 'ours', better: 'more' });

  const opened: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const fresh = openContactsUnderTest(database, join(folder, 'keys'));
    const at = performance.now();
    await fresh.contacts.search(reader, { text: 'given77', onlyFavourites: false, limit: 60, offset: 0 });
    opened.push(performance.now() - at);
  }
  rows.push({ metric: `first search of ${size} contacts (all are opened)`, unit: 'ms', ours: median(opened), goal: size / 20, goalOf: 'ours', better: 'less' });

  const took: number[] = [];
  for (let index = 0; index < 1_000; index += 1) {
    const texts = [`given${index}`, `fam`, `${index}`, `555-${index % 100}`, `family${index % 997} given`, 'tag 3', 'zz'];
    const at = performance.now();
    await it.contacts.search(reader, { text: texts[index % texts.length]!, onlyFavourites: false, limit: 60, offset: 0 });
    took.push(performance.now() - at);
  }
  rows.push({ metric: `search of ${size} contacts, p99`, unit: 'ms', ours: quantile(took, 0.99), goal: size === 10_000 ? 50 : 200, goalOf: 'ours', better: 'less' });
  rows.push({ metric: `search of ${size} contacts, median`, unit: 'ms', ours: median(took), goal: size === 10_000 ? 10 : 50, goalOf: 'ours', better: 'less' });
  return rows;
}

async function measureSweep({ database, folder }: Bench): Promise<Row> {
  const reader = await seedPractice(database);
  const it = openNotesUnderTest(database, join(folder, 'note-keys'));
  // Sealed text of the usual length, over the 192 epochs that live at once; what the sweep does with it does not depend on the words.
  const firstEpoch = Math.ceil(it.nowMs() / 3_600_000);
  for (let epoch = firstEpoch; epoch < firstEpoch + 192; epoch += 1) it.keys.obtain(epoch, it.nowMs());
  await inPractice(database, reader.practiceId, async (transaction) => {
    await sql`
      with made as (
        insert into call (id, practice_id, member_id, server_name, version, direction, state, number_sealed, line_id, line_name, line_number, is_sandbox, device_id, started_at, ended_at, end_reason)
        select gen_random_uuid(), ${reader.practiceId}, ${reader.memberId}, 'bench', 1, 'outgoing', 'ended', '\\x00', ${reader.lineId}, 'Lakeside', '+16125550100', true, ${randomUUID()}, now(), now(), 'hung-up-by-party'
        from generate_series(1, ${NOTES}) returning id)
      insert into note (practice_id, call_id, revision, epoch, ends_at, is_end_final, text_sealed, created_at, updated_at, updated_by)
      select ${reader.practiceId}, id, 1, ${firstEpoch} + (random() * 190)::int, now(), true, decode(repeat('ab', 200), 'hex'), now(), now(), ${reader.memberId} from made`.execute(transaction);
  });
  it.pass(400 * 3_600_000);
  const began = performance.now();
  const swept = await sweepNotes(it.sweepOptions());
  const tookS = (performance.now() - began) / 1_000;
  if (swept.notes !== NOTES) throw new Error(`${swept.notes} notes were swept, not ${NOTES}.`);
  return { metric: 'a million notes and 192 keys swept', unit: 's', ours: tookS, goal: 60, goalOf: 'ours', better: 'less' };
}

function measurePrinting(runs: number): Row {
  const printer = createHandoutPrinter();
  const settings = handoutSettingsSchema.parse({ hospital: 'Lakeside General', dayAndNight: '+16125550199' });
  const facts = { practiceName: 'Lakeside Clinic', country: 'US', lines: [{ name: 'Clinic', number: '+16125550100' }], version: 1, date: '2026-11-24', address: null, card: 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Lakeside Clinic\r\nTEL:+16125550100\r\nEND:VCARD\r\n' };
  const print = (run: number): number => {
    let pages = 0;
    for (const messages of Object.values(handoutMessages)) {
      for (const paper of handoutPaperSchema.options) {
        // Another practice each time: nothing of the page is known from before.
        printer.print(handoutPageOf(settings, { ...facts, practiceName: `Clinic ${run} ${pages}` }, messages), paper);
        pages += 1;
      }
    }
    return pages;
  };
  print(-1);
  const rates = Array.from({ length: runs }, (_, run) => {
    const began = performance.now();
    return print(run) / ((performance.now() - began) / 1_000);
  });
  return { metric: 'handouts set, fonts open, five languages', unit: 'pages/s', ours: median(rates), goal: 10, goalOf: 'ours', better: 'more' };
}
