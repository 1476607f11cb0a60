/** What a route may know of the request it answers and do to its response beyond its contract: cookies, and who is asking. No body, no URL. */
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface RequestContext {
  readonly request: {
    /** The value of a cookie the browser sent. */
    cookie(name: string): string | undefined;
    /** Scheme, host and port by which the browser reached us; the host is one we answer as. */
    readonly origin: string;
    /** The page asked by itself, and nobody touched it: such requests do not keep a session from its idle lock. */
    readonly isBackground: boolean;
    /** The token of an Authorization header, for programs. */
    readonly bearerToken: string | undefined;
    /** Whether the browser reached us by https, by its own word through a trusted proxy included. */
    readonly isSecure: boolean;
    /** For rate limits; never for the log. */
    readonly address: string;
    readonly userAgent: string;
  };
  readonly response: {
    /** Always HttpOnly and SameSite=Strict; Secure, and named `__Host-`, where the page is. Without `maxAgeS` it goes with the browser session. */
    setCookie(name: string, value: string, options?: { maxAgeS?: number }): void;
    clearCookie(name: string): void;
  };
}

export function createRequestContext(request: FastifyRequest, reply: FastifyReply): RequestContext {
  const isSecure = request.protocol === 'https';
  // A cookie so named is taken by browsers only from a secure page, for this host alone and its whole path (RFC 6265bis 4.1.3.2).
  const wireName = (name: string): string => (isSecure ? `__Host-${name}` : name);
  const append = (cookie: string): void => void reply.header('set-cookie', [...previousCookies(reply), cookie]);
  return {
    request: {
      cookie: (name) => readCookie(request.headers.cookie, wireName(name)),
      origin: `${request.protocol}://${request.host}`,
      isBackground: request.headers['x-quietline-background'] === '1',
      bearerToken: /^Bearer ([\w-]{20,128})$/.exec(request.headers.authorization ?? '')?.[1],
      isSecure,
      address: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, 256) ?? '',
    },
    response: {
      setCookie: (name, value, { maxAgeS } = {}) => append(serializeCookie(wireName(name), value, isSecure, maxAgeS)),
      clearCookie: (name) => append(serializeCookie(wireName(name), '', isSecure, 0)),
    },
  };
}

/** The first cookie of that name in a Cookie header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

function serializeCookie(name: string, value: string, isSecure: boolean, maxAgeS: number | undefined): string {
  if (!/^[\w.~-]*$/.test(value)) throw new Error(`The cookie ${name} would hold a character that needs quoting.`);
  return [`${name}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Strict', ...(isSecure ? ['Secure'] : []), ...(maxAgeS === undefined ? [] : [`Max-Age=${maxAgeS}`])].join('; ');
}

function previousCookies(reply: FastifyReply): string[] {
  const set = reply.getHeader('set-cookie');
  reply.removeHeader('set-cookie');
  return Array.isArray(set) ? set : set === undefined ? [] : [String(set)];
}
