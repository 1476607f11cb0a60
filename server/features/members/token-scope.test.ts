import { expect, test } from 'vitest';
import { tokenScopeSchema } from '#contract/access-tokens.ts';
import { apiContract } from '#contract/api.ts';
import { isRead } from './audited-routes-policy.ts';
import { tokenScopeOf } from './token-scope-policy.ts';

interface Route {
  '~orpc': { route: { method?: string } };
}

/** What no token reaches, by capability and by what is done. Whoever adds a route either gives it a scope or says here that it is for people. */
const FOR_PEOPLE = new Set([
  'signIn write', 'session write', 'passkeys write', 'secondWay write', 'waysIn read', 'community write', 'me read', 'me write', 'practices write', 'members read', 'members write', 'invitations read', 'invitations write',
  'accessTokens read', 'accessTokens write', 'sipTraces read', 'sipTraces write', 'plan write', 'relays read', 'relays write', 'audit read', 'dataKept read', 'lines write', 'preferences write', 'spokenMessages read', 'spokenMessages write', 'ownPhone read', 'ownPhone write', 'sandbox write', 'voicemail read', 'voicemail write', 'answering read', 'answering write', 'interpreters read', 'interpreters write',
]);

function routesOf(tree: object, path: string[] = []): { path: string[]; method: string | undefined }[] {
  if ('~orpc' in tree) return [{ path, method: (tree as Route)['~orpc'].route.method }];
  return Object.entries(tree).flatMap(([name, branch]) => routesOf(branch as object, [...path, name]));
}

const routes = routesOf(apiContract);

test('every route has a scope, or is said to be for people', () => {
  expect(routes.length).toBeGreaterThan(70);
  const neither = routes.filter(({ path, method }) => tokenScopeOf(path, method) === null && !FOR_PEOPLE.has(`${path[0]} ${isRead(path, method) ? 'read' : 'write'}`)).map(({ path }) => path.join('.'));
  expect(neither).toEqual([]);
});

test('every scope reaches something, and reading never needs the scope of writing', () => {
  const used = new Set(routes.map(({ path, method }) => tokenScopeOf(path, method)));
  expect(tokenScopeSchema.options.filter((scope) => !used.has(scope))).toEqual([]);
  expect(tokenScopeOf(['contacts', 'search'], 'POST')).toBe('contacts:read');
  expect(tokenScopeOf(['contacts', 'change'], 'PUT')).toBe('contacts:write');
});

test('no token reaches sign-in, credentials, members, settings or the audit', () => {
  for (const path of [['me', 'readCredentials'], ['members', 'list'], ['audit', 'list'], ['accessTokens', 'list'], ['session', 'createSocketTicket'], ['practices', 'create'], ['plan', 'setLimits']]) {
    expect([path.join('.'), tokenScopeOf(path, path[1] === 'list' || path[1]!.startsWith('read') ? 'GET' : 'POST')]).toEqual([path.join('.'), null]);
  }
});
