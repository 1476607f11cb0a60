import { afterEach, describe, expect, test } from 'vitest';
import { hideText } from '../crypto/secret-text.ts';
import { silentLog } from '../logging/log.ts';
import { createMetricsRegistry } from './metrics-registry.ts';
import { serveMetrics } from './metrics-server.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const open = async (token?: string) => {
  const registry = createMetricsRegistry();
  const count = registry.counter('calls_ended_total', 'Calls that ended.', 'reason', ['busy', 'no-answer']);
  registry.gauge('trunk_up', 'Whether a trunk answers.', 'trunk', ['main'], () => new Map([['main', 1]]));
  registry.totals('refused_total', 'Refusals.', 'reason', ['too-busy', 'too-many-calls'], () => ({ 'too-busy': 2, 'too-many-calls': 0 }));
  registry.number('sip_dialogs', 'Dialogs.', 'gauge', () => 3);
  registry.histogram('set_up_seconds', 'Seconds.', [1, 5])(2);
  const server = await serveMetrics(registry, { host: '127.0.0.1', port: 0, token: token === undefined ? undefined : hideText(token) }, silentLog);
  cleanups.push(() => server.close());
  return { count, at: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init) };
};

describe('the metrics', () => {
  test('are read as Prometheus reads them, and a series is there before its first event', async () => {
    const { at, count } = await open();
    count('busy');
    // No word of a caller's own making becomes a label.
    (count as (value: string) => void)('+15550100100');
    const response = await at('/metrics');
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    const text = await response.text();
    for (const line of ['quietline_calls_ended_total{reason="busy"} 1', 'quietline_calls_ended_total{reason="no-answer"} 0', 'quietline_trunk_up{trunk="main"} 1', '# TYPE quietline_refused_total counter', 'quietline_refused_total{reason="too-busy"} 2', 'quietline_refused_total{reason="too-many-calls"} 0', 'quietline_sip_dialogs 3', 'quietline_set_up_seconds_bucket{le="5"} 1', 'nodejs_eventloop_lag_seconds', 'process_cpu_seconds_total']) expect(text).toContain(line);
    expect(text).not.toContain('5550100100');
  });

  test('are given to whoever brings the token, where one is set', async () => {
    const { at } = await open('a-token-of-some-length');
    expect((await at('/metrics')).status).toBe(401);
    expect((await at('/metrics', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await at('/metrics', { headers: { authorization: 'Bearer a-token-of-some-length' } })).status).toBe(200);
  });

  test('are the only thing there', async () => {
    const { at } = await open();
    expect([(await at('/')).status, (await at('/metrics', { method: 'POST' })).status]).toEqual([404, 405]);
  });
});
