import { expect, test } from 'vitest';
import { apiContract } from '#contract/api.ts';
import { auditDetailSchema } from '#contract/audit.ts';
import { auditedActOf, WITHOUT_PATIENT_DATA } from './audited-routes-policy.ts';

const CALL = '018f0000-0000-7000-8000-000000000001';

test.each([
  [['calls', 'list'], 'GET', {}, 'call-log-read', undefined],
  [['contacts', 'search'], 'POST', { text: 'Maria' }, 'contact-read', undefined],
  [['contacts', 'read'], 'GET', { contactId: CALL }, 'contact-read', CALL],
  [['contacts', 'change'], 'PUT', { contactId: CALL, details: { name: 'Maria' } }, 'contact-written', CALL],
  [['notes', 'read'], 'GET', { callId: CALL }, 'note-read', CALL],
  [['notes', 'save'], 'PUT', { callId: CALL, text: 'biopsy' }, 'note-written', CALL],
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
