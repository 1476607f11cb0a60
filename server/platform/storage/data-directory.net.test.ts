import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimDataDirectory } from './data-directory.ts';

describe('the data directory', () => {
  let base: string;
  beforeEach(async () => void (base = await mkdtemp(join(tmpdir(), 'quietline-data-'))));
  afterEach(() => rm(base, { recursive: true }));

  const claim = async (path: string) => {
    const claimed = await claimDataDirectory(path);
    if (!claimed.ok) throw new Error(`used by ${claimed.usedBy}`);
    return claimed.directory;
  };

  test('is made with its parents, and closed to others', async () => {
    const directory = await claim(join(base, 'a/b'));
    expect((await stat(directory.path)).mode & 0o066).toBe(0);
    await directory.release();
  });

  test('a second server is told where the first one is, by whichever path it comes', async () => {
    const first = await claim(join(base, 'data'));
    first.announce('http://localhost:8080');
    await symlink(join(base, 'data'), join(base, 'link'));
    expect(await claimDataDirectory(join(base, 'link'))).toEqual({ ok: false, usedBy: 'http://localhost:8080' });
    await first.release();
  });

  test('is free again once the first one has gone', async () => {
    await (await claim(join(base, 'data'))).release();
    await (await claim(join(base, 'data'))).release();
  });

  test('of many that come at the same instant, one gets it', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimDataDirectory(join(base, 'data'))));
    const winners = claims.filter((each) => each.ok);
    expect(winners).toHaveLength(1);
    for (const winner of winners) await winner.directory.release();
  });
});
