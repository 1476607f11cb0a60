import { expect, test } from 'vitest';
import { apiContract } from '#contract/api.ts';
import { auditDetailSchema } from '#contract/audit.ts';
import { auditedActOf, isRead, WITHOUT_PATIENT_DATA, WRITTEN_BY_THE_FEATURE } from './audited-routes-policy.ts';

const CALL = '018f0000-0000-7000-8000-000000000001';

test.each([
  [['calls', 'list'], 'GET', {}, 'call-log-read', undefined],
  [['contacts', 'search'], 'POST', { text: 'Maria' }, 'contact-read', undefined],
  [['contacts', 'read'], 'GET', { contactId: CALL }, 'contact-read', CALL],
  [['contacts', 'listChanges'], 'GET', { contactId: CALL, details: { name: 'Maria' } }, 'contact-read', CALL],
  [['notes', 'read'], 'GET', { callId: CALL }, 'note-read', CALL],
  [['notes', 'read'], 'GET', { callId: '+16125550123' }, 'note-read', undefined],
])('%o is written down as what it is, without what it holds', (path, method, input, action, id) => {
  const act = auditedActOf(path, method, input)!;
  expect([act.action, act.subject?.id]).toEqual([action, id]);
  expect(auditDetailSchema.safeParse(act.detail).success).toBe(true);
  expect(JSON.stringify(act)).not.toMatch(/Maria|biopsy|5550123/u);
});

test('every capability of the API has patient data unless it is said to have none, a new one too', () => {
  for (const capability of Object.keys(apiContract)) expect([capability, auditedActOf([capability, 'list'], 'GET', {}) === null]).toEqual([capability, WITHOUT_PATIENT_DATA.has(capability)]);
  expect(auditedActOf(['reach', 'list'], 'GET', {})).not.toBeNull();
  expect([...WITHOUT_PATIENT_DATA].filter((capability) => !(capability in apiContract))).toEqual([]);
});

const routesOf = (tree: object, path: string[] = []): [string[], string | undefined][] =>
  Object.entries(tree).flatMap(([name, below]: [string, { '~orpc'?: { route: { method?: string } } }]) => (below['~orpc'] === undefined ? routesOf(below, [...path, name]) : [[[...path, name], below['~orpc'].route.method]]));

test('every write of patient data is written down by its feature, in the transaction of the act', () => {
  const routes = routesOf(apiContract);
  const writes = routes.filter(([path, method]) => !WITHOUT_PATIENT_DATA.has(path[0]!) && !isRead(path, method)).map(([path]) => path.join('.'));
  expect(writes.filter((name) => !WRITTEN_BY_THE_FEATURE.has(name))).toEqual([]);
  // A read that its feature writes down itself may stand there too; a route that is none may not.
  expect([...WRITTEN_BY_THE_FEATURE].filter((name) => !routes.some(([path]) => path.join('.') === name))).toEqual([]);
  for (const name of writes) expect(auditedActOf(name.split('.'), 'PUT', { callId: CALL, text: 'biopsy' })).toBeNull();
});
