import { expect, test } from 'vitest';
import { addressOf, fits, operationsOf, sampleOf } from './description.ts';

const [change, open] = operationsOf({
  paths: {
    '/contacts/{contactId}': {
      put: {
        operationId: 'contacts.change',
        'x-token-scope': 'contacts:write',
        security: [{ session: [] }],
        parameters: [{ name: 'contactId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }, { name: 'limit', in: 'query', schema: { type: 'integer' } }],
        requestBody: { content: { 'application/json': { schema: { type: 'object', required: ['name', 'labels', 'kind', 'is'], properties: { name: { type: 'string' }, labels: { type: 'array' }, kind: { enum: ['a', 'b'] }, is: { type: 'boolean' }, more: { type: 'string' } } } } } },
        responses: { '200': {}, '404': { content: { 'application/json': { schema: { oneOf: [{ properties: { code: { const: 'NOT_FOUND' } } }, { properties: { code: { type: 'string' } } }] } } } } },
      },
    },
    '/sign-in/ways': { get: { operationId: 'waysIn.read', security: [] } },
  },
}) as [ReturnType<typeof operationsOf>[number], ReturnType<typeof operationsOf>[number]];

test('an operation has its scope, its errors by their codes, and whether anyone may ask', () => {
  expect(change).toMatchObject({ group: 'contacts', method: 'PUT', scope: 'contacts:write', isOpen: false, answers: [{ status: '200', codes: [] }, { status: '404', codes: ['NOT_FOUND'] }] });
  expect(open).toMatchObject({ scope: null, isOpen: true, body: null });
});

test('is found by any of its words, in any order', () => {
  expect([fits(change, ''), fits(change, 'put contact'), fits(change, 'WRITE contacts'), fits(change, 'contacts nothing')]).toEqual([true, true, true, false]);
});

test('begins with a body of what is required, and nothing more', () => {
  expect(sampleOf(change.body!)).toEqual({ name: '', labels: [], kind: 'a', is: false });
});

test('is asked at an address in which nothing typed can reach another path or parameter', () => {
  expect(addressOf(change, { contactId: '../me?x=1', limit: '5&all=1' })).toBe('/contacts/..%2Fme%3Fx%3D1?limit=5%26all%3D1');
  expect(addressOf(change, { contactId: 'a' })).toBe('/contacts/a');
});
