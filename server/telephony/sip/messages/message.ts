/**
 * What a received SIP message is once it is parsed, and how its headers are read. Refuses to interpret: header values
 * stay as they came until someone asks, since most are never asked for. Text is "wire text": one character an octet.
 */

import type { ReadParts } from './message-parts.ts';

interface MessageParts {
  /** Canonical names, in order of appearance; `values` runs beside it. */
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly body: string;
  /** Header lines without a colon, without a name, or with a stray CR or LF: the validator's business. */
  readonly badLines: number;
  /** What message-parts.ts has read so far. */
  readonly parts: ReadParts;
  /** Octets after the start of the body, whatever Content-Length says. */
  readonly availableBodyLength: number;
}

export interface SipRequest extends MessageParts {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly version: string;
}

export interface SipResponse extends MessageParts {
  readonly kind: 'response';
  /** 0 where the start line holds no number of three digits. */
  readonly status: number;
  readonly reason: string;
  readonly version: string;
}

export type SipMessage = SipRequest | SipResponse;

/** The first value of a header, or undefined. `name` is canonical (lower case, long form). */
export function headerOf(message: SipMessage, name: string): string | undefined {
  const at = message.names.indexOf(name);
  return at < 0 ? undefined : message.values[at];
}

/** Every value of a header, one a line: lists are not yet split. */
export function headersOf(message: SipMessage, name: string): string[] {
  const found: string[] = [];
  for (let i = message.names.indexOf(name); i >= 0; i = message.names.indexOf(name, i + 1)) found.push(message.values[i]!);
  return found;
}

export function countOf(message: SipMessage, name: string): number {
  let count = 0;
  for (let i = message.names.indexOf(name); i >= 0; i = message.names.indexOf(name, i + 1)) count++;
  return count;
}
