/** QR codes of vCards: which squares are dark, and a drawing of them. Knows nothing of what is written in one. */
import { encode } from 'uqr';

/** Rows of '1' (dark) and '0' (light), with the quiet zone of four that readers need (ISO/IEC 18004). Level M: printed, folded, photographed. */
export function encodeQr(text: string): string[] {
  return encode(text, { ecc: 'M', border: 4 }).data.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''));
}

/** One path, no style: drawn the same by browsers and by typst. */
export function drawQr(rows: readonly string[]): string {
  const size = rows.length;
  const path = rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`)).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#10201b" d="${path}"/></svg>`;
}
