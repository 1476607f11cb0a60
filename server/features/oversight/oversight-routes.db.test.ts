import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestHouse, type TestBrowser, type TestHouse } from '../members/test-house.ts';
import { createOversightRoutes } from './index.ts';

describe('the audit, as the admin reads it', () => {
  let house: TestHouse;
  let admin: TestBrowser;

  beforeEach(async () => {
    house = await openTestHouse({ more: createOversightRoutes });
    admin = house.openBrowser();
    await admin.enter();
  });
  afterEach(() => house.close());

  test('reading the audit is written in the audit, and exporting too', async () => {
    const { csv } = (await admin.get('/audit/export?action=signed-in')).body;
    expect(csv.split('\r\n')[1]).toMatch(new RegExp(`^1,.*,member,${house.demo.memberId},signed-in,session,[\\w-]{36},"method=link"$`, 'u'));
    expect((await admin.get('/audit?limit=1')).body[0]).toMatchObject({ action: 'audit-exported', detail: { entries: 1 } });
    expect((await admin.get('/audit?limit=1')).body[0]).toMatchObject({ action: 'audit-read' });
  });
});
