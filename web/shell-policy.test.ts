import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideShell } from './shell-policy.ts';

const own = 'https://calls.example';
const ask = (pathname: string, { method = 'GET', mode = 'cors', origin = own } = {}) => decideShell({ method, mode, origin, pathname }, own);

describe('the service worker', () => {
  it.each([
    ['/', { mode: 'navigate' }, 'page'],
    ['/contacts', { mode: 'navigate' }, 'page'],
    ['/assets/app-1a2b.js', {}, 'file'],
    ['/assets/hanken-grotesk-1a2b.woff2', {}, 'file'],
    ['/icon.svg', {}, 'pass'],
    ['/api/session', {}, 'pass'],
    ['/api/docs', { mode: 'navigate' }, 'pass'],
    ['/API/session', { mode: 'navigate' }, 'pass'],
    ['//api/contacts/search', {}, 'pass'],
    ['/api', { mode: 'navigate' }, 'pass'],
    ['/assets/../api/session', {}, 'pass'],
    ['/', { mode: 'navigate', method: 'POST' }, 'pass'],
    ['/assets/app-1a2b.js', { origin: 'https://elsewhere.example' }, 'pass'],
  ] as const)('for %s, %o decides “%s”', (pathname, options, decision) => {
    expect(ask(pathname, options)).toBe(decision);
  });

  it('keeps nothing of the API, however the address is written', () => {
    fc.assert(fc.property(fc.string(), fc.constantFrom('cors', 'navigate', 'same-origin', 'no-cors'), fc.constantFrom('GET', 'POST', 'PUT'), (rest, mode, method) => ask(`/api/${rest}`, { mode, method }) === 'pass'));
  });
});
