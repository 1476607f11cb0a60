/** Finds one part of a multipart body (RFC 2046 5.1): carriers put the session description beside ISUP or a location. Reads no nested parts and no transfer encodings. */

/** More parts than any carrier sends; beyond it somebody wants to keep us busy. */
const MOST_PARTS = 16;

/** The body of the first part of this type, or undefined. `contentType` is the whole header value. */
export function partOf(contentType: string, body: string, wanted: string): string | undefined {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (boundary === null) return undefined;
  const delimiter = `--${boundary[1] ?? boundary[2]}`;
  let from = body.startsWith(delimiter) ? 0 : after(body, `\r\n${delimiter}`, 0, 2);
  for (let parts = 0; from >= 0 && parts < MOST_PARTS; parts++) {
    const start = from + delimiter.length;
    // Two more dashes close the last part.
    if (body.startsWith('--', start)) return undefined;
    const headersEnd = body.indexOf('\r\n\r\n', start);
    const next = body.indexOf(`\r\n${delimiter}`, start);
    if (headersEnd < 0 || next < 0) return undefined;
    const type = /\r\n(?:content-type|c)[ \t]*:[ \t]*([^\r\n;]+)/i.exec(body.slice(start, headersEnd + 2))?.[1]?.trim().toLowerCase();
    if (type === wanted && headersEnd < next) return body.slice(headersEnd + 4, next);
    from = next + 2;
  }
  return undefined;
}

function after(text: string, sought: string, from: number, skip: number): number {
  const at = text.indexOf(sought, from);
  return at < 0 ? -1 : at + skip;
}
