/** The structured headers every layer asks for (top Via, CSeq, From, To), each read once a message and then remembered. Undefined where they cannot be read. */
import { parseCSeq, parseNameAddress, parseVia, paramOf, splitList } from './header-values-codec.ts';
import type { CSeq, NameAddress, Via } from './header-values-codec.ts';
import { headerOf } from './message.ts';
import type { SipMessage } from './message.ts';

/** `null` is "not asked yet". */
export interface ReadParts {
  topVia: Via | undefined | null;
  cseq: CSeq | undefined | null;
  from: NameAddress | undefined | null;
  to: NameAddress | undefined | null;
}

export function topViaOf(message: SipMessage): Via | undefined {
  return (message.parts.topVia === null ? (message.parts.topVia = readTopVia(message)) : message.parts.topVia);
}

export function cseqOf(message: SipMessage): CSeq | undefined {
  return (message.parts.cseq === null ? (message.parts.cseq = parseCSeq(headerOf(message, 'cseq') ?? '')) : message.parts.cseq);
}

export function fromOf(message: SipMessage): NameAddress | undefined {
  return (message.parts.from === null ? (message.parts.from = parseNameAddress(headerOf(message, 'from') ?? '')) : message.parts.from);
}

export function toOf(message: SipMessage): NameAddress | undefined {
  return (message.parts.to === null ? (message.parts.to = parseNameAddress(headerOf(message, 'to') ?? '')) : message.parts.to);
}

/** Undefined where there is none, or an empty one. */
export function fromTagOf(message: SipMessage): string | undefined {
  return tagIn(fromOf(message));
}

export function toTagOf(message: SipMessage): string | undefined {
  return tagIn(toOf(message));
}

function readTopVia(message: SipMessage): Via | undefined {
  const value = headerOf(message, 'via');
  if (value === undefined) return undefined;
  const first = value.includes(',') ? splitList(value)[0] : value;
  return first === undefined ? undefined : parseVia(first);
}

function tagIn(address: NameAddress | undefined): string | undefined {
  const tag = address === undefined ? undefined : paramOf(address.params, 'tag');
  return tag === '' ? undefined : tag;
}
