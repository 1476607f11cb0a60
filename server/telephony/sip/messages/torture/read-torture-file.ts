/** Reads a file of torture messages and expands RFC 4475's own notation (section 2) to wire text. Owns the notation; judges no message. For tests and fuzzing only. */
import { readFileSync } from 'node:fs';

export interface TortureMessage {
  readonly name: string;
  readonly section: string;
  /** A status that is owed, 'good', 'usable' or 'dropped'. */
  readonly worth: string;
  /** The status a whole user agent answers, or 'none'. */
  readonly answer: string;
  /** One character an octet. */
  readonly text: string;
}

const HEADER = /^@@@ (\S+) \| (\S+) \| (\S+) \| (\S+)\n/gm;

export function readTortureFile(rfc: 'rfc4475' | 'rfc5118'): readonly TortureMessage[] {
  const file = readFileSync(`${import.meta.dirname}/${rfc}.txt`, 'latin1');
  const headers = [...file.matchAll(HEADER)];
  return headers.map((header, index) => {
    const [line, name, section, worth, answer] = header as unknown as [string, string, string, string, string];
    return { name, section, worth, answer, text: expand(file.slice(header.index + line.length, headers[index + 1]?.index)) };
  });
}

/** Lines are joined first, since a repetition or a run of octets may stand across them. */
function expand(printed: string): string {
  return printed
    .replace(/<allOneLine>\n(.*?)\n<\/allOneLine>/gs, (_, lines: string) => lines.replaceAll('\n', ''))
    .replaceAll('\n', '\r\n')
    .replace(/<repeat count=(\d+)>(.*?)<\/repeat>/g, (_, count: string, text: string) => text.repeat(Number(count)))
    .replace(/<hex>([0-9A-F]+)<\/hex>/g, (_, digits: string) => Buffer.from(digits, 'hex').toString('latin1'));
}
