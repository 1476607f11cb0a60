/** The one HTTP server: the API, the page's files, the signalling socket. Owns what is the same for every route; knows no route by name. */
import { onError, type Router } from '@orpc/server';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Server } from 'node:https';
import type { Log } from '../logging/log.ts';
import { isHostAllowed, isOriginAllowed, type OriginFacts, type OriginPolicy } from './origin-policy.ts';
import { problemBody, problemType, sendProblem } from './problem.ts';
import { rateHeaders } from './rate-limit-policy.ts';
import { API_LIMIT, askerOf, SIGN_IN_LIMIT, type RateLimiter } from './rate-limits.ts';
import { createRequestContext, type RequestContext } from './request-context.ts';
import { bareAnswer, BARE_HEADERS, SECURITY_HEADERS } from './security-headers.ts';
import { shareWithTurn, type TurnBackend } from './shared-port.ts';
import { serveSockets, type SocketRoute } from './socket-server.ts';
import { isPageAddress, servePage } from './page-files.ts';
import { servePublicPages, type PublicPage } from './public-pages.ts';

export interface HttpServerOptions {
  readonly log: Log;
  readonly origins: OriginPolicy;
  /** Addresses of reverse proxies whose X-Forwarded-* we believe; false for none. */
  readonly trustProxy: string[] | false;
  /** PEM. Without it, plain http. */
  readonly tls: { readonly cert: string; readonly key: string | Buffer } | undefined;
  /** A TURN server to be reached by the same TLS port. Needs `tls`. */
  readonly turnBackend?: TurnBackend | undefined;
  /** The built page; undefined where something else serves it. */
  readonly pageDirectory: string | undefined;
  /** Single files that anyone may fetch: the local authority's certificate, the API's description. A body that is made is made at the first request. */
  readonly downloads?: readonly { readonly path: string; readonly type: string; readonly body: string | (() => Promise<string>) }[];
  /** Routes below /api. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the library's own word for a router whose inputs are not known here
  readonly router: Router<any, RequestContext>;
  readonly sockets: SocketRoute | undefined;
  /** Routes that take more than LARGEST_BODY_BYTES, below /api. */
  readonly uploads?: readonly { readonly method: 'PUT' | 'POST'; readonly path: string; readonly largestBytes: number }[];
  /** Undefined: nobody is counted. */
  readonly rateLimiter?: RateLimiter;
  /** For people without an account. */
  readonly publicPages?: readonly PublicPage[];
}

export interface HttpServer {
  /** Resolves to the port, which the system chose if `port` is 0. Rejects with code EADDRINUSE if it is taken. */
  listen(options: { host: string; port: number }): Promise<number>;
  /** Closes the sockets with 1001 and lets running requests end. */
  close(): Promise<void>;
  /** For tests: answers a request without a socket. */
  readonly inject: FastifyInstance['inject'];
}

/** Far above any message of the API, far below what would hurt. */
const LARGEST_BODY_BYTES = 64 * 1024;

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { log, origins } = options;
  const app = (options.tls === undefined ? fastify(common(options)) : fastify({ ...common(options), https: { ...options.tls, minVersion: 'TLSv1.2' } })) as FastifyInstance;
  if (options.turnBackend !== undefined) shareWithTurn(app.server as unknown as Server, options.turnBackend);
  const factsOf = (request: IncomingMessage, isSecure: boolean): OriginFacts => ({ host: request.headers.host, origin: request.headers.origin, isSecure });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const facts = factsOf(request.raw, request.protocol === 'https');
    if (!isHostAllowed(facts, origins)) return sendProblem(reply, { status: 421, code: 'WRONG_HOST', title: 'This server does not go by that name. Set QUIETLINE_PUBLIC_URL to the address people use.' });
    // SameSite=Strict keeps other sites' requests from carrying the cookie; this refuses them even where a browser would not.
    if (!isSafe(request.method) && facts.origin !== undefined && !isOriginAllowed(facts, origins)) return sendProblem(reply, { status: 403, code: 'WRONG_ORIGIN', title: 'Only the pages of this server may ask for this.' });
    return undefined;
  });
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern and never its URL: what was typed into an address bar is somebody's data.
    log.debug('request-answered', { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) });
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error('request-failed', error, { method: request.method, route: request.routeOptions.url ?? 'none' });
    return sendProblem(reply, status >= 500 ? { status, code: 'INTERNAL_SERVER_ERROR', title: 'The server made a mistake. It is in its log.' } : { status, code: error.code ?? 'BAD_REQUEST', title: 'The request could not be read.' });
  });

  if (options.rateLimiter !== undefined) limitRates(app, options.rateLimiter);
  serveApi(app, options, log);
  app.get('/health', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'up' }));
  for (const { path, type, body } of options.downloads ?? []) app.get(path, async (_request, reply) => reply.type(type).header('cache-control', 'no-store').send(typeof body === 'string' ? body : await body()));
  servePublicPages(app, options.publicPages ?? []);
  const { pageDirectory } = options;
  if (pageDirectory !== undefined) await servePage(app, pageDirectory);
  app.setNotFoundHandler((request, reply) => {
    if (pageDirectory !== undefined && isPageAddress(request)) return reply.code(200).sendFile('index.html');
    return sendProblem(reply, { status: 404, code: 'NOT_FOUND', title: 'There is nothing here.' });
  });

  const sockets = options.sockets === undefined ? undefined : serveSockets(app.server, options.sockets, { log, isOriginAllowed: (request) => isOriginAllowed(factsOf(request, options.tls !== undefined), origins) });

  return {
    async listen({ host, port }) {
      await app.listen({ host, port });
      const address = app.server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    async close() {
      sockets?.close();
      await app.close();
    },
    inject: app.inject.bind(app),
  };
}

function common({ trustProxy }: HttpServerOptions) {
  return { logger: false, trustProxy, bodyLimit: LARGEST_BODY_BYTES, forceCloseConnections: true, requestTimeout: 30_000, clientErrorHandler: refuseUnreadable, frameworkErrors: refuseAddress, routerOptions: { maxParamLength: 128 } } as const;
}

/** An address that is none, before any hook has seen it. */
function refuseAddress(_cause: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(reply.headers(BARE_HEADERS), { status: 400, code: 'BAD_ADDRESS', title: 'The address could not be read.' });
}

/** What is no HTTP, or too long to be: answered as the rest is, and closed. The peer may be gone already. */
function refuseUnreadable(cause: Error & { code?: string }, socket: Socket): void {
  const status = cause.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : cause.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
  if (socket.writable) socket.end(bareAnswer(status));
  else socket.destroy();
}

function serveApi(app: FastifyInstance, { router, uploads = [] }: HttpServerOptions, log: Log): void {
  const handler = new OpenAPIHandler<RequestContext>(router, {
    customErrorResponseBodyEncoder: (error) => problemBody({ status: error.status, code: error.code, title: error.message, isDefined: error.defined, data: error.status < 500 ? error.data : undefined }),
    interceptors: [
      onError((error) => {
        if (!isExpected(error)) log.error('route-failed', error);
      }),
    ],
  });
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | void> => {
    reply.header('cache-control', 'no-store');
    const { matched } = await handler.handle(request, reply, { prefix: '/api', context: createRequestContext(request, reply) });
    return matched ? reply : reply.callNotFound();
  };
  app.all('/api/*', answer);
  for (const { method, path, largestBytes } of uploads) app.route({ method, url: `/api${path}`, bodyLimit: largestBytes, handler: answer });
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode >= 400 && String(reply.getHeader('content-type')).startsWith('application/json')) reply.type(problemType(request.headers.accept));
    return payload;
  });
}

function limitRates(app: FastifyInstance, limiter: RateLimiter): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?')[0]!;
    if (!path.startsWith('/api/')) return undefined;
    // Coming in is counted by address: whoever guesses has no session yet. What only reads guesses nothing.
    const isSignIn = !isSafe(request.method) && /^\/api\/(?:sign-in|invitations\/(?:open|join)|session\/unlock)/.test(path);
    const { cookie, authorization } = request.headers;
    const limit = isSignIn ? SIGN_IN_LIMIT : API_LIMIT;
    const decision = limiter.count(limit, isSignIn ? request.ip : askerOf({ cookie, authorization, address: request.ip }));
    reply.headers(rateHeaders(limit, decision));
    return decision.isAllowed ? undefined : sendProblem(reply, { status: 429, code: 'TOO_MANY_REQUESTS', title: 'Too many requests. Try again after the time that Retry-After says.' });
  });
}

/** A refusal of the contract, or an input that does not fit it: the asker's business, not the log's. */
function isExpected(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500;
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
