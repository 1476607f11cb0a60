/** Every route of the API's description is asked, and the audit is looked at: a route that writes, or reads what is a patient's, and leaves no entry with the record's id, fails here, a new one too. */
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf, fillOperation, plantRecords, PUBLIC, type Api, type Operation } from './api-operations.ts';
import { startProduct, type Product } from './product.ts';

const OTHER = '01890000-0000-7000-8000-0000000000c1';
const CANARY = 'Zebulon-Canary';

/** Reads of nothing that is a patient's. Whoever adds one says so here. */
const READS_WITHOUT_PATIENTS = new Set([
  'GET /session', 'GET /me/credentials', 'GET /me/memberships', 'GET /me/sessions', 'GET /practices/first-steps', 'GET /practices', 'GET /practice', 'GET /members', 'GET /invitations', 'GET /access-tokens',
  'GET /plan', 'GET /plan/refusals', 'GET /audit/verification', 'GET /data-kept', 'GET /lines', 'GET /lines/all', 'GET /lines/to-show', 'GET /handout', 'GET /handout/versions', 'GET /sandbox/patients', 'GET /sip-traces', 'GET /spoken-messages', 'GET /me/phone', 'GET /interpreters', 'GET /answering', 'GET /answering/greeting/recording',
]);

/** Asked by POST, and nothing is changed that lasts: why there is nothing to write down. */
const NOTHING_TO_WRITE: Readonly<Record<string, string>> = {
  'POST /socket-tickets': 'a ticket for the next half minute',
  'POST /relays': "a relay's password for the next hours",
  'POST /passkeys/start': 'a challenge; what is answered to it is written down',
  'POST /authenticator/start': 'a secret that counts only once a code of it was given, and that is written down',
  'DELETE /lines/{lineId}/code-call': 'hangs up a code call, if one is under way; that it was made is written down',
  'DELETE /me/phone/code-call': 'hangs up a code call, if one is under way; that it was made is written down',
  'POST /handout/pdf': "the practice's own page, drawn",
  'POST /plan/try': 'a number is judged, and neither dialled nor kept',
  'POST /plan/rates/preview': 'a table is read, and not yet taken',
  'PUT /contact-imports/{importId}/bytes': 'a piece of a file; the file is written down once it was sent whole',
};

/** What a sample cannot do, as it is refused here; the tests named try it for good. */
const REFUSED_HERE: Readonly<Record<string, { status: number; triedIn: string }>> = {
  'POST /passkeys': { status: 401, triedIn: 'passkeys.db.test' },
  'DELETE /passkeys/{passkeyId}': { status: 409, triedIn: 'passkeys.db.test' },
  'POST /authenticator': { status: 401, triedIn: 'second-way.net.test' },
  'POST /me/memberships/{memberId}/enter': { status: 404, triedIn: 'roster.db.test' },
  'PUT /members/{memberId}/acts-for': { status: 409, triedIn: 'call-log.db.test' },
  'POST /session/unlock': { status: 401, triedIn: 'second-way.net.test' },
  'POST /practices/{practiceId}/link': { status: 409, triedIn: 'practice-routes.db.test' },
  'POST /practices/{practiceId}/disable': { status: 409, triedIn: 'practice-routes.db.test' },
  'POST /invitations/join-signed-in': { status: 410, triedIn: 'roster.db.test' },
  'POST /lines/{lineId}/code-call': { status: 404, triedIn: 'line-proofs.net.test' },
  'POST /lines/{lineId}/code': { status: 409, triedIn: 'line-proofs.net.test' },
  'POST /lines/{lineId}/approval': { status: 409, triedIn: 'line-proofs.net.test' },
  'POST /me/phone/code-call': { status: 404, triedIn: 'own-phone.net.test' },
  'POST /me/phone/code': { status: 404, triedIn: 'own-phone.net.test' },
  'GET /sip-traces/{callId}': { status: 404, triedIn: 'sip-trace-routes.db.test' },
  'POST /spoken-messages': { status: 422, triedIn: 'spoken-messages.db.test' },
  'PUT /spoken-messages/{messageId}': { status: 404, triedIn: 'spoken-messages.db.test' },
  'DELETE /spoken-messages/{messageId}': { status: 404, triedIn: 'spoken-messages.db.test' },
  'GET /spoken-messages/{messageId}/recording': { status: 404, triedIn: 'spoken-messages.db.test' },
  // Nobody by that number calls back.
  'POST /sandbox/callbacks': { status: 404, triedIn: 'voicemail.e2e.test' },
  // A message that no caller left has no key.
  'GET /calls/{callId}/voicemail/recording': { status: 410, triedIn: 'voicemail.db.test' },
  'PUT /answering/greeting': { status: 422, triedIn: 'voicemail.db.test' },
  'POST /contact-imports/{importId}/started': { status: 409, triedIn: 'contact-imports.db.test' },
  'POST /contact-imports/{importId}/undone': { status: 409, triedIn: 'contact-imports.db.test' },
};

/** Bodies that a schema alone does not tell. */
const BODIES: Readonly<Record<string, (sample: object, ids: ReadonlyMap<string, string>) => object>> = {
  'POST /practices': (sample) => ({ ...sample, timeZone: 'America/Chicago' }),
  'PUT /practice': (sample) => ({ ...sample, timeZone: 'America/Chicago' }),
  'PUT /lines/to-show/{memberId}': (_sample, ids) => ({ lineIds: [ids.get('lineId')] }),
  'PUT /plan/rates': () => ({ csv: 'prefix,rate\n44,0.0135\n' }),
  'PUT /calls/{callId}/note': (sample) => ({ ...sample, text: CANARY }),
  'PUT /contact-duplicates/apart': (_sample, ids) => ({ contactIds: [ids.get('one'), ids.get('twin')], isApart: true }),
  'POST /contact-duplicates/merged': (_sample, ids) => ({ keep: { id: ids.get('kept'), version: 1 }, remove: [{ id: ids.get('joined'), version: 1 }] }),
};

/** The kinds of record that a path names, and that the entry has to name too. */
const NAMED = ['contactId', 'groupId', 'importId', 'callId', 'lineId', 'memberId', 'invitationId', 'accessTokenId', 'sessionId'];

describe('every route of the API', () => {
  let product: Product;
  let owner: Client;
  let api: Api;
  let cookie: string;
  let me: { practiceId: string; memberId: string };
  let ids: Map<string, string>;
  let operations: Operation[];

  beforeAll(async () => {
    product = await startProduct();
    owner = new Client({ connectionString: product.databaseUrl() });
    await owner.connect();
    api = apiOf(product);
    cookie = await api.enter(new URL(product.signInLink()).hash.slice(1));
    ids = await plantRecords(api, owner, cookie, CANARY);
    me = { practiceId: ids.get('practiceId')!, memberId: ids.get('memberId')! };
    // Another member to be changed, so that nobody saws at their own branch.
    ids.set('memberId', OTHER);
    await owner.query(`insert into member (id, practice_id, name, created_at, roles) values ($1, $2, $3, now(), '{physician,practice-admin}')`, [OTHER, me.practiceId, CANARY]);
    await owner.query(`update member set person_id = '01890000-0000-7000-8000-0000000000a9' where id = $1`, [me.memberId]);
    // What takes away goes last, and the line behind all: others are about it.
    const last = ['DELETE /calls/{callId}/voicemail', 'POST /calls/{callId}/voicemail/restored', 'DELETE /lines/{lineId}'];
    operations = (await api.readOperations()).toSorted((one, other) => last.indexOf(one.name) - last.indexOf(other.name));
  });
  afterAll(async () => {
    await owner?.end();
    await product?.close();
  });

  interface Entry {
    readonly name: string;
    readonly action: string;
    readonly subject_id: string | null;
  }
  const readEntries = async (): Promise<Entry[]> => (await owner.query<Entry>(`select practice_id || ' ' || seq as name, action, subject_id from audit_entry`)).rows;

  let sessions = 0;
  /** A session of its own for each request: some end the one they are asked by. */
  const openSession = async (): Promise<string> => {
    sessions += 1;
    const token = String(sessions).padStart(43, 's');
    await owner.query(`insert into session (id, token_hash, practice_id, member_id, created_at, expires_at) values (gen_random_uuid(), $1, $2, $3, now(), now() + interval '1 hour')`, [createHash('sha256').update(token).digest(), me.practiceId, me.memberId]);
    return `quietline-session=${token}`;
  };

  test('leaves an entry that names the record, and none of what is in it', async () => {
    const add = async (): Promise<string> => (JSON.parse((await api.send('POST', '/contacts', await openSession(), { details: { givenName: CANARY, numbers: [] } })).text) as { id: string }).id;
    ids.set('kept', await add()).set('joined', await add()).set('one', await add()).set('twin', await add());
    const wrong: string[] = [];
    for (const operation of operations) {
      const { name, method } = operation;
      if (PUBLIC.has(name)) continue;
      const filled = fillOperation(operation, ids);
      const body = BODIES[name]?.(filled.body as object, ids) ?? filled.body;
      const cookie = await openSession();
      const before = new Set((await readEntries()).map((entry) => entry.name));
      const { status, text } = await api.send(method, filled.path, cookie, body);
      const entries = (await readEntries()).filter((entry) => !before.has(entry.name));
      const told = `${name} ${status} ${entries.map((entry) => `${entry.action} ${entry.subject_id ?? '-'}`).join(', ')}`;
      const refused = REFUSED_HERE[name];
      if (refused !== undefined) {
        if (status !== refused.status) wrong.push(`${told}: expected ${refused.status}`);
        continue;
      }
      if (status >= 400) wrong.push(`${told}: ${text.slice(0, 200)}`);
      const isExempt = name in NOTHING_TO_WRITE || READS_WITHOUT_PATIENTS.has(name);
      if (isExempt !== (entries.length === 0)) wrong.push(`${told}: ${isExempt ? 'is said to write nothing' : 'leaves no entry'}`);
      const named = operation.parameters.filter((parameter) => parameter.in === 'path' && NAMED.includes(parameter.name)).map((parameter) => ids.get(parameter.name)!);
      // What was made answers with its id.
      const made = method === 'POST' && named.length === 0 && entries.length > 0 ? (/^\{"id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? undefined) : undefined;
      for (const id of [...named, ...(made === undefined ? [] : [made])]) if (!isExempt && !entries.some(({ subject_id }) => subject_id === id)) wrong.push(`${told}: does not name ${id}`);
    }
    expect(wrong).toEqual([]);
    const { rows } = await owner.query<{ all: string }>(`select string_agg(row_to_json(e)::text, ' ') as all from audit_entry e`);
    expect(rows[0]!.all).not.toContain(CANARY);
  });

  test('stands in the audit if and only if it was done: where the one fails, the other is not there either', async () => {
    const as = async (method: string, path: string, body?: unknown) => api.send(method, path, await openSession(), body);
    const add = async (): Promise<string> => (JSON.parse((await as('POST', '/contacts', { details: { givenName: CANARY, numbers: [] } })).text) as { id: string }).id;
    const [live, gone, kept, joined, one, twin] = [await add(), await add(), await add(), await add(), await add(), await add()];
    await as('POST', `/contacts/${gone}/removed`);
    const { id: group } = JSON.parse((await as('POST', '/contact-groups', { name: CANARY })).text) as { id: string };
    const { id: file } = JSON.parse((await as('POST', '/contact-imports', { kind: 'csv' })).text) as { id: string };
    await as('PUT', `/contact-imports/${file}/bytes`, { offset: 0, bytes: Buffer.from(`First name,Mobile\n${CANARY},6125550142\n`).toString('base64') });
    const call = `/calls/${ids.get('callId')}`;
    const step = { step: { text: CANARY, dueOn: '2026-12-01' } };
    await as('PUT', `${call}/next-step`, step);
    const writes: [string, string, unknown?][] = [
      ['PUT', `${call}/outcome`, { outcome: 'reached' }],
      ['PUT', `${call}/next-step`, { step: { ...step.step, dueOn: '2026-12-02' } }],
      ['PUT', `${call}/next-step/done`, { isDone: true }],
      ['POST', '/contacts', { details: { givenName: CANARY, numbers: [] } }],
      ['PUT', `/contacts/${live}`, { version: 1, details: { givenName: `${CANARY} II`, numbers: [] } }],
      ['PUT', `/contacts/${live}/favourite`, { isFavourite: true }],
      ['POST', `/contacts/${live}/removed`],
      ['POST', `/contacts/${gone}/restored`],
      ['POST', '/contact-duplicates/merged', { keep: { id: kept, version: 1 }, remove: [{ id: joined, version: 1 }] }],
      ['POST', '/contact-groups', { name: CANARY }],
      ['POST', `/contact-groups/${group}/removed`],
      ['POST', '/contact-imports', { kind: 'csv' }],
      ['PUT', '/contact-duplicates/apart', { contactIds: [one, twin], isApart: true }],
      ['POST', `/contact-imports/${file}/uploaded`],
    ];
    // Everything but the audit and who is there.
    const tables = (await owner.query<{ name: string }>(`select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'practice_id' and table_name not in ('audit_entry', 'audit_checkpoint', 'session')`)).rows.map(({ name }) => name);
    const sums = tables.map((name) => `select '${name}' as name, md5(string_agg(row::text, '|' order by row::text)) as sum from ${name} as row`).join(' union all ');
    const allRows = async (): Promise<unknown[]> => (await owner.query(`${sums} order by name`)).rows;
    const eachFails = async (): Promise<void> => {
      for (const [method, path, body] of writes) {
        const rows = await allRows();
        const before = (await readEntries()).length;
        const { status } = await as(method, path, body);
        expect([method, path, status, await allRows(), (await readEntries()).length]).toEqual([method, path, 500, rows, before]);
      }
    };
    await owner.query(`create function fail_the_test() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$`);
    await owner.query(`create trigger no_entry before insert on audit_entry for each row execute function fail_the_test()`);
    await eachFails();
    await owner.query('drop trigger no_entry on audit_entry');
    // At the last moment, when all is written and only the commit is missing.
    for (const name of tables) await owner.query(`create constraint trigger no_commit after insert or update or delete on ${name} deferrable initially deferred for each row execute function fail_the_test()`);
    await eachFails();
    for (const name of tables) await owner.query(`drop trigger no_commit on ${name}`);
    for (const [method, path, body] of writes) {
      const before = (await readEntries()).length;
      const { status } = await as(method, path, body);
      expect([method, path, status, (await readEntries()).length > before]).toEqual([method, path, 200, true]);
    }
  });

  test('that is exempt is a route there is', () => {
    const names = new Set(operations.map(({ name }) => name));
    expect([...READS_WITHOUT_PATIENTS, ...Object.keys(NOTHING_TO_WRITE), ...Object.keys(REFUSED_HERE), ...Object.keys(BODIES)].filter((name) => !names.has(name))).toEqual([]);
  });

  test('joins two contacts with an entry for each, and destroys a note by hand as that', async () => {
    const { rows } = await owner.query<{ action: string; subject_id: string; detail: unknown }>(`select action, subject_id, detail from audit_entry where subject_id = any($1) and action in ('contact-written', 'contact-deleted', 'notes-destroyed') order by seq`, [[ids.get('kept'), ids.get('joined'), ids.get('callId')]]);
    const acts = rows.map(({ action, subject_id, detail }) => [action, [...ids].find(([, id]) => id === subject_id)?.[0], detail]);
    expect(acts).toEqual([
      ['contact-written', 'kept', { act: 'added' }],
      ['contact-written', 'joined', { act: 'added' }],
      ['notes-destroyed', 'callId', { act: 'byHand' }],
      ['contact-written', 'kept', { act: 'merged' }],
      ['contact-deleted', 'joined', { act: 'removed' }],
    ]);
  });
});
