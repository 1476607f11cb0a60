/** For one test: a process that has just started, opens notes on a database and a folder of keys, asks for one note, and writes down its whole heap. Is told no word of the note. Arguments: database URL, keys folder, true time, practice, member, call, file. */
import { writeHeapSnapshot } from 'node:v8';
import { silentLog } from '#server/platform/logging/log.ts';
import { openDatabase } from '#server/platform/storage/database.ts';
import { openNotesUnderTest } from './notes-under-test.ts';

const [url, keysDirectory, trueMs, practiceId, memberId, callId, file] = process.argv.slice(2);
const database = openDatabase({ url: url!, log: silentLog });
const { notes } = openNotesUnderTest(database, keysDirectory, { trueMs: Number(trueMs), wallErrorMs: 0 });
// Held to the end, as a screen that shows it would.
const shown = await notes.read({ practiceId: practiceId!, memberId: memberId! } as Parameters<typeof notes.read>[0], callId!);
writeHeapSnapshot(file);
await database.close();
process.exitCode = shown.ok ? 0 : 1;
