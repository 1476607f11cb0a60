import { describe, expect, test } from 'vitest';
import { isHostAllowed, isOriginAllowed, type OriginPolicy } from './origin-policy.ts';

const local: OriginPolicy = { publicOrigin: undefined, hostNames: ['clinic-server'] };
const proxied: OriginPolicy = { publicOrigin: 'https://calls.lakeside.example', hostNames: [] };

describe('which hosts we answer as', () => {
  test.each(['localhost:8080', '127.0.0.1:8080', '[::1]:8080', '192.168.1.20', 'clinic-server:8080', 'CLINIC-SERVER'])('%s is ours', (host) => {
    expect(isHostAllowed({ host }, local)).toBe(true);
  });

  test.each([undefined, '', 'evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'calls.lakeside.example'])('%s is not', (host) => {
    expect(isHostAllowed({ host }, local)).toBe(false);
  });

  test('behind a proxy the public name is ours, and one that only ends like it is not', () => {
    expect(isHostAllowed({ host: 'calls.lakeside.example' }, proxied)).toBe(true);
    expect(isHostAllowed({ host: 'lakeside.example' }, proxied)).toBe(false);
    expect(isHostAllowed({ host: 'evilcalls.lakeside.example' }, proxied)).toBe(false);
  });
});

describe('which pages may open a socket', () => {
  const asked = (origin: string | undefined, host = 'localhost:8080', isSecure = false): boolean => isOriginAllowed({ origin, host, isSecure }, local);

  test('our own page', () => {
    expect(asked('http://localhost:8080')).toBe(true);
    expect(asked('https://192.168.1.20:8443', '192.168.1.20:8443', true)).toBe(true);
  });

  test.each([undefined, 'null', 'http://localhost', 'http://localhost:8081', 'https://localhost:8080', 'http://localhost:8080/', 'http://evil.example'])('not a page of %s', (origin) => {
    expect(asked(origin)).toBe(false);
  });

  test('not a page whose own name was pointed at us', () => {
    expect(asked('http://evil.example', 'evil.example')).toBe(false);
  });

  test('behind a proxy, the public origin, even if the proxy speaks http to us', () => {
    expect(isOriginAllowed({ origin: 'https://calls.lakeside.example', host: 'calls.lakeside.example', isSecure: false }, proxied)).toBe(true);
    expect(isOriginAllowed({ origin: 'https://evil.example', host: 'calls.lakeside.example', isSecure: true }, proxied)).toBe(false);
  });
});
