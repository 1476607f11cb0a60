/** Which encoding a file is in, and its bytes to text piece by piece. Guesses as spreadsheets do: by its mark, by its zeros, else UTF-8 if it can be, else Windows-1252. */

export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface EncodingGuess {
  push(bytes: Uint8Array): void;
  /** After the last piece. */
  end(): TextEncodingName;
}

/** Looks at every byte: one stray Latin letter on the last page tells. */
export function guessEncoding(): EncodingGuess {
  let head = new Uint8Array(0);
  let isUtf8 = true;
  const strict = new TextDecoder('utf-8', { fatal: true });
  return {
    push(bytes) {
      if (head.length < 64) head = Buffer.concat([head, bytes.subarray(0, 64)]);
      if (!isUtf8) return;
      try {
        strict.decode(bytes, { stream: true });
      } catch {
        isUtf8 = false;
      }
    },
    end() {
      if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
      if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
      const isZeroAt = (parity: number): boolean => head.length >= 8 && head.filter((byte, index) => index % 2 === parity && byte === 0).length > head.length / 4;
      if (isZeroAt(1)) return 'utf-16le';
      if (isZeroAt(0)) return 'utf-16be';
      try {
        if (isUtf8) strict.decode();
      } catch {
        isUtf8 = false;
      }
      return isUtf8 ? 'utf-8' : 'windows-1252';
    },
  };
}

/** Text of pieces cut anywhere; without its byte order mark. */
export function createTextDecoding(encoding: TextEncodingName): { push(bytes: Uint8Array): string; end(): string } {
  const decoder = new TextDecoder(encoding);
  return { push: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}
