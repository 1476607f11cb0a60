/** Which addresses SIP is accepted from: those of the trunks, and no other. */

export interface SourceRange {
  readonly isV6: boolean;
  readonly bits: number;
  readonly value: bigint;
}

/** '192.0.2.0/24', '2001:db8::1'. Undefined where it is no address. */
export function parseRange(text: string): SourceRange | undefined {
  const [address, bitsText] = text.split('/');
  if (address === undefined) return undefined;
  const isV6 = address.includes(':');
  const value = isV6 ? parseV6(address) : parseV4(address);
  const width = isV6 ? 128 : 32;
  const bits = bitsText === undefined ? width : Number(bitsText);
  if (value === undefined || !Number.isInteger(bits) || bits < 0 || bits > width) return undefined;
  return { isV6, bits, value: value >> BigInt(width - bits) };
}

export function isInRanges(address: string, ranges: readonly SourceRange[]): boolean {
  const isV6 = address.includes(':');
  const value = isV6 ? parseV6(address) : parseV4(address);
  if (value === undefined) return false;
  const width = isV6 ? 128 : 32;
  return ranges.some((range) => range.isV6 === isV6 && value >> BigInt(width - range.bits) === range.value);
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(Number(part)), 0n);
}

function parseV6(text: string): bigint | undefined {
  const [head, tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const words = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const left = words(head);
  const right = words(tail);
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  if (gap < 0) return undefined;
  const all = [...left, ...Array.from({ length: gap }, () => '0'), ...right];
  if (all.length !== 8 || !all.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))) return undefined;
  return all.reduce((sum, word) => (sum << 16n) | BigInt(Number.parseInt(word, 16)), 0n);
}
