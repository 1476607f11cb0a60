/** Serves the metrics on a port of their own, apart from people's: to this machine, or to whoever brings the token. Answers nothing but GET /metrics. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openText, type SecretText } from '../crypto/secret-text.ts';
import type { Log } from '../logging/log.ts';
import type { MetricsRegistry } from './metrics-registry.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsListen {
  readonly host: string;
  readonly port: number;
  /** Undefined: whoever reaches the port may read. The configuration sees to it that only this machine does. */
  readonly token: SecretText | undefined;
}

export async function serveMetrics(registry: MetricsRegistry, listen: MetricsListen, log: Log): Promise<MetricsServer> {
  const wanted = listen.token === undefined ? undefined : digest(`Bearer ${openText(listen.token)}`);
  const server = createServer((request, response) => {
    const end = (status: number, body: string, headers: Record<string, string> = {}): void => void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers }).end(body);
    if (wanted !== undefined && !timingSafeEqual(digest(request.headers.authorization ?? ''), wanted)) return end(401, 'The token is missing or wrong.\n', { 'www-authenticate': 'Bearer' });
    if (request.url !== '/metrics') return end(404, 'Metrics are at /metrics.\n');
    if (request.method !== 'GET') return end(405, 'Only GET.\n', { allow: 'GET' });
    registry.text().then(
      (text) => end(200, text, { 'content-type': registry.contentType }),
      (cause: unknown) => {
        log.error('metrics-not-collected', cause);
        end(500, 'The metrics could not be collected; the log says why.\n');
      },
    );
  });
  server.requestTimeout = 10_000;
  server.maxConnections = 16;
  server.listen(listen.port, listen.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Of one length, whatever was sent. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
