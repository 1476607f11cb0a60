/** A number while it is typed: what of it would be dialled, and where the cursor stands in it, whatever the formatting adds around. Pure; knows no country. */

export interface TypedNumber {
  /** Digits, '*', '#', and '+' only in front. */
  readonly dialable: string;
  /** The cursor, in characters of `dialable` before it. */
  readonly position: number;
}

export const emptyNumber: TypedNumber = { dialable: '', position: 0 };

/** Longer than any number with its international prefix and an extension. */
const longestDialable = 40;

const lettersOnKeys: Readonly<Record<string, string>> = { '2': 'ABC', '3': 'DEF', '4': 'GHI', '5': 'JKL', '6': 'MNO', '7': 'PQRS', '8': 'TUV', '9': 'WXYZ' };
export const lettersOf = (key: string): string => lettersOnKeys[key] ?? '';

const isDialable = (character: string): boolean => /[0-9*#+]/.test(character);

/** Full-width digits and signs become their plain selves; other scripts are left for the server to refuse by name. */
function clean(text: string): string {
  let dialable = '';
  for (const character of text.normalize('NFKC')) if (isDialable(character) && !(character === '+' && dialable !== '')) dialable += character;
  return dialable.slice(0, longestDialable);
}

function keyOfLetter(letter: string): string {
  for (const [key, letters] of Object.entries(lettersOnKeys)) if (letters.includes(letter.toUpperCase())) return key;
  return '';
}

/** What a pasted text says to dial: "tel:+1-480-555-0167", "(480) 555 0167 ext. 12", "1-800-FLOWERS". */
export function dialableFromPaste(text: string): string {
  const line = text.trim().replace(/^(?:tel|callto|sip):/i, '');
  const [address = ''] = line.split(/[;?@]/);
  const [main = ''] = address.split(/\s*(?:ext\.?|x|extension)\s*\d+\s*$/i);
  // Words are letters of a number only behind its first digits: "1-800-FLOWERS", not "Call 480".
  const vanity = /^\+?[\d().\s-]*\d[\d().\s-]*[A-Za-z][A-Za-z-]{2,}[\d-]*$/.test(main);
  return clean(vanity ? main.replace(/[A-Za-z]/g, keyOfLetter) : main);
}

/** How many dialable characters stand before an index of a formatted text. */
export const positionIn = (formatted: string, index: number): number => clean(formatted.slice(0, index)).length;

/** Where the cursor belongs in a formatted text: behind its last character, before the formatting that follows. */
export function indexOf(formatted: string, position: number): number {
  let passed = 0;
  for (let index = 0; index < formatted.length; index += 1) {
    if (passed === position && position > 0) return index;
    if (isDialable(formatted.charAt(index))) passed += 1;
  }
  return position === 0 ? 0 : formatted.length;
}

/** The field's text was changed by typing, deleting or pasting into it. `index` is the cursor after the change. */
export function editText(before: TypedNumber, text: string, index: number, isBackspace: boolean): TypedNumber {
  const dialable = clean(text);
  const position = Math.min(positionIn(text, index), dialable.length);
  // Backspace took a bracket or a space: the digit before it was meant.
  if (isBackspace && dialable === before.dialable) return removeBefore({ dialable, position });
  return { dialable, position };
}

export function insertKey({ dialable, position }: TypedNumber, keys: string): TypedNumber {
  const next = clean(dialable.slice(0, position) + keys + dialable.slice(position));
  return { dialable: next, position: Math.min(next.length, position + (next.length - dialable.length)) };
}

export function removeBefore({ dialable, position }: TypedNumber): TypedNumber {
  if (position === 0) return { dialable, position };
  return { dialable: dialable.slice(0, position - 1) + dialable.slice(position), position: position - 1 };
}

export const wholeNumber = (dialable: string): TypedNumber => ({ dialable, position: dialable.length });
