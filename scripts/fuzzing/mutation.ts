/** Spoils good inputs by a seeded draw, the way wires and attackers do: octets changed, cut, doubled, swapped, joined, numbers made huge. */

export interface Draw {
  /** 0 <= n < limit. */
  below(limit: number): number;
}

export function seededDraw(seed: number): Draw {
  let state = seed >>> 0 || 1;
  return {
    below(limit) {
      // xorshift32: each input needs a few draws, ten million inputs need a fast one.
      state ^= state << 13;
      state >>>= 0;
      state ^= state >>> 17;
      state ^= state << 5;
      state >>>= 0;
      return state % limit;
    },
  };
}

/** A draw from a list that came from elsewhere, such as one that a property test makes and shrinks; zeros where it ends. */
export function tapeDraw(tape: readonly number[]): Draw {
  let at = 0;
  return { below: (limit) => (tape[at++] ?? 0) % limit };
}

/** Words that parsers trip over. */
const NASTY = ['\r\n', '\r\n\r\n', '\r', '\n', '\0', ' ', '\t', '"', '\\', '<', '>', ';', ',', ':', '=', '@', '[', ']', '%00', '%', '-1', '0', '4294967296', '99999999999999999999', '\u00ff', '"\\', ';;;;', '<<<<', 'SIP/2.0', 'Content-Length: 70000\r\n', 'a'.repeat(3_000), '\r\n '.repeat(200), '"'.repeat(500)];

export function spoilText(corpus: readonly string[], draw: Draw): string {
  let text = corpus[draw.below(corpus.length)]!;
  for (let times = 1 + draw.below(4); times > 0; times--) {
    const at = draw.below(text.length + 1);
    switch (draw.below(6)) {
      case 0:
        text = text.slice(0, at) + NASTY[draw.below(NASTY.length)]! + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + String.fromCharCode(draw.below(256)) + text.slice(at + 1);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(at + draw.below(40));
        break;
      case 3: {
        const other = corpus[draw.below(corpus.length)]!;
        text = text.slice(0, at) + other.slice(draw.below(other.length));
        break;
      }
      case 4:
        text = text.slice(0, at) + text.slice(at, at + draw.below(80)).repeat(1 + draw.below(5)) + text.slice(at);
        break;
      default:
        text = text.slice(0, at);
    }
  }
  return text;
}

export function spoilOctets(corpus: readonly Uint8Array[], draw: Draw): Uint8Array {
  const octets = Uint8Array.from(corpus[draw.below(corpus.length)]!);
  for (let times = 1 + draw.below(6); times > 0 && octets.length > 0; times--) octets[draw.below(octets.length)] = draw.below(256);
  return draw.below(3) === 0 ? octets.subarray(0, draw.below(octets.length + 1)) : octets;
}
