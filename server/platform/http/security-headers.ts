/** The headers every answer carries. Owns what the page may load and do; nothing inline, nothing from elsewhere. */
import type { FastifyHelmetOptions } from '@fastify/helmet';

export function securityHeaders(): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // Sent by helmet on https only by browsers' own rule: over http it is ignored (RFC 6797 8.1).
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
  };
}

/** What the page may ask the device for: the microphone, the choice of loudspeaker, a screen that stays on, and nothing else. */
export const PERMISSIONS_POLICY = 'microphone=(self), speaker-selection=(self), screen-wake-lock=(self), autoplay=(self), camera=(), geolocation=(), payment=(), usb=(), display-capture=()';
