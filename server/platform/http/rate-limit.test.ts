import { expect, test } from 'vitest';
import { silentLog } from '../logging/log.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { countRequest, rateHeaders, type RateWindow } from './rate-limit-policy.ts';
import { askerOf, createRateLimiter } from './rate-limits.ts';

const LIMIT = { name: 'test', requests: 3, windowS: 60 };

test('the fourth request of a window is refused, and the next window begins anew', () => {
  let window: RateWindow | undefined;
  const ask = (nowMs: number) => {
    const decision = countRequest(LIMIT, window, nowMs);
    window = decision.window;
    return decision;
  };
  expect([0, 1_000, 2_000].map((at) => ask(at).remaining)).toEqual([2, 1, 0]);
  const refused = ask(3_000);
  expect(refused.isAllowed).toBe(false);
  expect(rateHeaders(LIMIT, refused)).toEqual({ 'ratelimit-policy': '"test";q=3;w=60', 'ratelimit': '"test";r=0;t=57', 'retry-after': '57' });
  expect(ask(60_000)).toMatchObject({ isAllowed: true, remaining: 2 });
});

test('askers are counted apart: by session where there is one, else by address', () => {
  const limiter = createRateLimiter(() => 0);
  const session = askerOf({ cookie: 'a=b; quietline-session=secret', authorization: undefined, address: '10.0.0.1' });
  expect(session).not.toContain('secret');
  expect(askerOf({ cookie: '__Host-quietline-session=secret', authorization: undefined, address: '10.0.0.2' })).toBe(session);
  for (let count = 0; count < 3; count += 1) limiter.count(LIMIT, session);
  expect(limiter.count(LIMIT, session).isAllowed).toBe(false);
  expect(limiter.count(LIMIT, askerOf({ cookie: undefined, authorization: undefined, address: '10.0.0.1' })).isAllowed).toBe(true);
});

test('a million addresses do not fill the memory', () => {
  const limiter = createRateLimiter(() => 0);
  for (let count = 0; count < 120_000; count += 1) limiter.count(LIMIT, `address ${count}`);
  expect(limiter.count(LIMIT, 'address 119999').remaining).toBe(1);
  expect(limiter.count(LIMIT, 'address 0').remaining).toBe(2);
});

test('reading which ways in there are is not coming in', async () => {
  const http: HttpServer = await createHttpServer({ log: silentLog, origins: { publicOrigin: undefined, hostNames: [] }, trustProxy: false, tls: undefined, pageDirectory: undefined, downloads: [], router: {}, sockets: undefined, rateLimiter: createRateLimiter() });
  const read = await http.inject({ method: 'GET', url: '/api/sign-in/ways', headers: { host: 'localhost' } });
  expect(read.headers['ratelimit-policy']).toBe('"api";q=600;w=60');
  await http.close();
});

test('the server says what is left, and answers 429 with a problem when nothing is', async () => {
  const http: HttpServer = await createHttpServer({ log: silentLog, origins: { publicOrigin: undefined, hostNames: [] }, trustProxy: false, tls: undefined, pageDirectory: undefined, downloads: [], router: {}, sockets: undefined, rateLimiter: createRateLimiter() });
  const ask = () => http.inject({ method: 'POST', url: '/api/sign-in/link', headers: { host: 'localhost' }, payload: {} });
  expect((await ask()).headers).toMatchObject({ 'ratelimit-policy': '"sign-in";q=30;w=60', 'ratelimit': expect.stringMatching(/^"sign-in";r=29;t=\d+$/u) });
  for (let count = 0; count < 29; count += 1) await ask();
  const refused = await ask();
  expect([refused.statusCode, refused.headers['content-type'], refused.json().code]).toEqual([429, 'application/problem+json; charset=utf-8', 'TOO_MANY_REQUESTS']);
  expect(refused.headers['retry-after']).toMatch(/^\d+$/u);
  await http.close();
});
