/** Reads and rewrites what a browser's descriptions say of formats, their order above all, which tells it what to send (RFC 3264 6.1). Pure text. */

/** `first`: encoding names in lower case, most wanted first; the others follow in their own order. */
export function preferFormats(answer: string, first: readonly string[]): string {
  const names = new Map([...answer.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm)].map(([, format, name]) => [format, name?.toLowerCase() ?? '']));
  const rank = (format: string): number => {
    const place = first.indexOf(names.get(format) ?? '');
    return place < 0 ? first.length : place;
  };
  return answer.replace(/^(m=audio \d+ \S+) ([^\r\n]*)/gm, (_line, head: string, formats: string) => `${head} ${formats.split(' ').toSorted((a, b) => rank(a) - rank(b)).join(' ')}`);
}

/** The payload type of an encoding, named in lower case; undefined where the description has none. */
export function formatOf(description: string, encoding: string): number | undefined {
  const found = [...description.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm)].find(([, , name]) => name?.toLowerCase() === encoding);
  return found === undefined ? undefined : Number(found[1]);
}

/** The description with one more attribute, a flag, at its end: in its last section. */
export const announce = (description: string, attribute: string): string => `${description}a=${attribute}\r\n`;
