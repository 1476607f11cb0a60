/** Every profile in deploy/trunks passes the check that the server makes at its start. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkTrunkList } from './trunk-settings.ts';

const DIRECTORY = fileURLToPath(new URL('../../../../deploy/trunks/', import.meta.url));

describe('the trunk profiles', () => {
  it.each(readdirSync(DIRECTORY).filter((name) => name.endsWith('.json')))('%s is a good settings file', (name) => {
    expect(checkTrunkList(JSON.parse(readFileSync(`${DIRECTORY}${name}`, 'utf8')))).toMatchObject({ ok: true });
  });
});
