/** Which number a telephone link means. Pure: a fragment in, what the keypad would hold out; null for what is no number. */
import { dialableFromPaste } from '../calls/number-typing-policy.ts';

/** "#tel%3A%2B14805550167", as browsers hand a link on; also without its scheme. An extension is left out: it is pressed once they answer. */
export function numberOfFragment(fragment: string): string | null {
  let link: string;
  try {
    link = decodeURIComponent(fragment.replace(/^#/, ''));
  } catch {
    return null;
  }
  const dialable = dialableFromPaste(link.replace(/^web\+tel:/i, 'tel:').replace(/^tel:\/\//i, 'tel:'));
  return /\d{2}/.test(dialable) ? dialable : null;
}
