/** The headers every answer carries. Owns what the page may load and do; nothing inline, nothing from elsewhere. */
/** What the page may ask the device for: the microphone, the choice of loudspeaker, a screen that stays on, and nothing else. */
const PERMISSIONS_POLICY = 'microphone=(self), speaker-selection=(self), screen-wake-lock=(self), autoplay=(self), camera=(), geolocation=(), payment=(), usb=(), display-capture=()';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** On every answer. The same for all of them, and so written once: a library that put them together anew was a tenth of a small request. */
export const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': PERMISSIONS_POLICY,
  'referrer-policy': 'no-referrer',
  // Over http browsers ignore it (RFC 6797 8.1).
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** For answers that no hook sees: an address or a request that could not be read, a handshake that is refused. They carry nothing, and nothing may come of them. */
export const BARE_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': PERMISSIONS_POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** A whole answer without a body, for a socket on which nothing else will be said. */
export const bareAnswer = (status: string): string => `HTTP/1.1 ${status}\r\n${Object.entries(BARE_HEADERS).map((header) => `${header.join(': ')}\r\n`).join('')}connection: close\r\ncontent-length: 0\r\n\r\n`;
