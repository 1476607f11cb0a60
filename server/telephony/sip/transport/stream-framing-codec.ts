/**
 * Cuts a TCP or TLS stream into messages by Content-Length (RFC 3261 18.3), and finds the keep-alives between them (RFC 5626 3.5.1).
 * Refuses a stream it can no longer follow: there is no way back into step, so the connection must go.
 */

export interface FramingState {
  /** Octets not yet part of a whole message. */
  readonly buffered: string;
  /** Of the message under way, once its headers are in: its whole length. */
  readonly wanted: number;
}

export interface FramingStep {
  readonly state: FramingState;
  readonly messages: readonly string[];
  /** Double CRLFs: each is answered by one CRLF. */
  readonly pings: number;
  readonly failure: 'headers-too-large' | 'body-too-large' | 'bad-content-length' | undefined;
}

/** A large INVITE has some 2 kB of headers. */
const LARGEST_HEADERS = 32_768;
const LARGEST_BODY = 65_536;
const CONTENT_LENGTH = /\r\n(?:content-length|l)[ \t]*:[ \t\r\n]*([^\r\n]*?)[ \t]*\r\n/i;

export const EMPTY_STREAM: FramingState = { buffered: '', wanted: 0 };

export function feedStream(state: FramingState, chunk: string): FramingStep {
  // While headers are under way only a line end can complete them: a stream of single octets costs no rescans.
  if (state.wanted === 0 && state.buffered !== '' && !chunk.includes('\n')) {
    const buffered = state.buffered + chunk;
    const failure = buffered.length > LARGEST_HEADERS ? 'headers-too-large' : undefined;
    return { state: { buffered, wanted: 0 }, messages: [], pings: 0, failure };
  }
  const messages: string[] = [];
  let pings = 0;
  let buffered = state.buffered + chunk;
  let wanted = state.wanted;
  for (;;) {
    if (wanted === 0) {
      let start = 0;
      while (buffered.startsWith('\r\n\r\n', start)) {
        pings++;
        start += 4;
      }
      // A lone CRLF is a peer's pong, or a stray line end before a start line (RFC 3261 7.5): skipped, unless it may be half a ping.
      if (buffered.startsWith('\r\n', start) && buffered.length > start + 3) start += 2;
      if (start > 0) buffered = buffered.slice(start);
      const headersEnd = buffered.indexOf('\r\n\r\n');
      if (headersEnd < 0 || buffered.startsWith('\r\n')) {
        const failure = buffered.length > LARGEST_HEADERS ? 'headers-too-large' : undefined;
        return { state: { buffered, wanted: 0 }, messages, pings, failure };
      }
      if (headersEnd > LARGEST_HEADERS) return { state: EMPTY_STREAM, messages, pings, failure: 'headers-too-large' };
      const declared = CONTENT_LENGTH.exec(buffered.slice(0, headersEnd + 2));
      if (declared !== null && !/^[0-9]{1,9}$/.test(declared[1]!)) return { state: EMPTY_STREAM, messages, pings, failure: 'bad-content-length' };
      // RFC 3261 18.3 demands the header on streams; without it no body can follow that we could find the end of.
      const bodyLength = declared === null ? 0 : Number(declared[1]);
      if (bodyLength > LARGEST_BODY) return { state: EMPTY_STREAM, messages, pings, failure: 'body-too-large' };
      wanted = headersEnd + 4 + bodyLength;
    }
    if (buffered.length < wanted) return { state: { buffered, wanted }, messages, pings, failure: undefined };
    messages.push(buffered.slice(0, wanted));
    buffered = buffered.slice(wanted);
    wanted = 0;
    if (buffered === '') return { state: EMPTY_STREAM, messages, pings, failure: undefined };
  }
}
