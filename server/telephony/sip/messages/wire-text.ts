/** Wire text holds one octet a character, so that lengths count octets and parsing touches no decoder; these two functions are its only border to ordinary text. */

const BEYOND_ASCII = /[\u0080-\uffff]/;

export function textToWire(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

export function wireToText(wire: string): string {
  return BEYOND_ASCII.test(wire) ? Buffer.from(wire, 'latin1').toString('utf8') : wire;
}
