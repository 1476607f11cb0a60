/** For one test: goes on with an interrupted import in a process of its own, which the test kills. Arguments: database URL, keys folder. */
import { silentLog } from '#server/platform/logging/log.ts';
import { openDatabase } from '#server/platform/storage/database.ts';
import { openContactsUnderTest } from './contacts-under-test.ts';

const [url, keysDirectory] = process.argv.slice(2);
const database = openDatabase({ url: url!, log: silentLog });
await openContactsUnderTest(database, keysDirectory!).imports.resume();
await database.close();
