/** vCards of the three versions phones write (2.1, RFC 2426 and RFC 6350): text in pieces to cards, cards to text. Pure; takes names, numbers, addresses of mail and birthdays, and leaves pictures and all else. */

export interface VCard {
  readonly givenName: string;
  readonly familyName: string;
  readonly fullName: string;
  readonly numbers: ReadonlyArray<{ readonly value: string; readonly label: 'mobile' | 'home' | 'work' | 'other'; readonly isPreferred: boolean }>;
  readonly email: string | null;
  /** As it was written: 19700131, 1970-01-31, 1970-01-31T00:00:00Z. */
  readonly birthday: string | null;
  /** BCP 47; only version 4 has it, and readers of the others pass over it. */
  readonly language: string | null;
  readonly categories: readonly string[];
}

/** A card, or a place where one began and cannot be read. */
export type CardRead = { readonly ok: true; readonly card: VCard } | { readonly ok: false };

export interface VCardReader {
  push(piece: string): CardRead[];
  end(): CardRead[];
}

/** A picture inside a card is a line of megabytes; beyond this a line is not kept, only its end is looked for. */
const LONGEST_LINE = 20_000;
const MOST_LINES = 500;

interface Property {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  readonly value: string;
}

export function createVCardReader(): VCardReader {
  let rest = '';
  /** The unfolded line, waiting for what may continue it. */
  let line: string | undefined;
  let card: Property[] | undefined;
  let depth = 0;

  const endLine = (cards: CardRead[]): void => {
    if (line === undefined) return;
    const property = parseProperty(line);
    line = undefined;
    if (property === undefined) return;
    const isCard = property.value.trim().toUpperCase() === 'VCARD';
    if (property.name === 'BEGIN' && isCard) {
      // vCard 2.1 may hold a card in a card (an AGENT); only the outer one is a contact.
      if (card === undefined) card = [];
      depth += 1;
    } else if (property.name === 'END' && isCard && card !== undefined) {
      depth -= 1;
      if (depth === 0) {
        if (!isGroup(card)) cards.push(cardOf(card));
        card = undefined;
      }
    } else if (card !== undefined && depth === 1 && card.length < MOST_LINES) card.push(property);
  };

  const takeLine = (text: string, cards: CardRead[]): void => {
    // 2.1: a quoted-printable line that ends in '=' goes on in the next, as it stands.
    if (line !== undefined && line.endsWith('=') && /^[^:]*QUOTED-PRINTABLE/i.test(line)) line = append(line.slice(0, -1), text);
    // Folded: a line that begins with a space or a tab goes on where the one before ended (RFC 6350 3.2).
    else if (/^[ \t]/.test(text) && line !== undefined) line = append(line, text.slice(1));
    else {
      endLine(cards);
      line = text;
    }
  };

  return {
    push(piece) {
      const cards: CardRead[] = [];
      const lines = (rest + piece).split(/\r\n|\n|\r(?=[^\n])/);
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) rest = `${rest.slice(0, LONGEST_LINE)}${rest.endsWith('\r') ? '\r' : ''}`;
      for (const text of lines) takeLine(text, cards);
      return cards;
    },
    end() {
      const cards: CardRead[] = [];
      if (rest !== '') takeLine(rest.replace(/\r$/, ''), cards);
      endLine(cards);
      if (card !== undefined) cards.push({ ok: false });
      rest = '';
      card = undefined;
      depth = 0;
      return cards;
    },
  };
}

/** Version 3.0, which phones of every age read. Lines are folded at 75 octets or fewer. */
export function encodeVCard(card: VCard): string {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:${escapeValue(card.familyName)};${escapeValue(card.givenName)};;;`,
    `FN:${escapeValue(card.fullName)}`,
    ...card.numbers.map(({ value, label, isPreferred }) => `TEL;TYPE=${[TYPE_OF_LABEL[label], ...(isPreferred ? ['PREF'] : [])].join(',')}:${escapeValue(value)}`),
    ...(card.email === null ? [] : [`EMAIL;TYPE=INTERNET:${escapeValue(card.email)}`]),
    ...(card.birthday === null ? [] : [`BDAY:${escapeValue(card.birthday)}`]),
    ...(card.language === null ? [] : [`LANG:${escapeValue(card.language)}`]),
    ...(card.categories.length === 0 ? [] : [`CATEGORIES:${card.categories.map(escapeValue).join(',')}`]),
    'END:VCARD',
  ];
  return lines.map((text) => `${fold(text)}\r\n`).join('');
}

const TYPE_OF_LABEL = { mobile: 'CELL', home: 'HOME', work: 'WORK', other: 'VOICE' } as const;

function append(line: string, more: string): string {
  return line.length > LONGEST_LINE ? line : line + more;
}

function parseProperty(line: string): Property | undefined {
  const colon = colonOf(line);
  if (colon === -1) return undefined;
  const [path = '', ...rawParameters] = splitUnquoted(line.slice(0, colon), ';');
  // "item1.TEL": Apple groups properties so.
  const name = path.slice(path.lastIndexOf('.') + 1).trim().toUpperCase();
  const parameters = new Map<string, string[]>();
  for (const raw of rawParameters) {
    const equals = raw.indexOf('=');
    // 2.1 writes the bare value: TEL;CELL;PREF:
    const key = equals === -1 ? 'TYPE' : raw.slice(0, equals).trim().toUpperCase();
    const values = splitUnquoted(equals === -1 ? raw : raw.slice(equals + 1), ',').map((value) => value.trim().replace(/^"(.*)"$/, '$1').toUpperCase());
    parameters.set(key, [...(parameters.get(key) ?? []), ...values.flatMap((value) => value.split(','))]);
  }
  return { name, parameters, value: decodeValue(line.slice(colon + 1), parameters) };
}

function decodeValue(raw: string, parameters: ReadonlyMap<string, readonly string[]>): string {
  const isQuotedPrintable = parameters.get('ENCODING')?.includes('QUOTED-PRINTABLE') === true || parameters.get('TYPE')?.includes('QUOTED-PRINTABLE') === true;
  if (!isQuotedPrintable) return raw;
  const isLatin = parameters.get('CHARSET')?.some((charset) => /^(ISO-8859-1|WINDOWS-1252)$/.test(charset)) === true;
  const bytes: number[] = [];
  for (let at = 0; at < raw.length; at += 1) {
    const hex = raw[at] === '=' ? /^[0-9A-Fa-f]{2}/.exec(raw.slice(at + 1, at + 3))?.[0] : undefined;
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else if (raw[at] !== '=') bytes.push(...utf8BytesOf(raw[at]!));
  }
  return isLatin ? String.fromCharCode(...bytes) : textOfUtf8(bytes);
}

/** A list of others, as address books write one beside its people. */
function isGroup(properties: readonly Property[]): boolean {
  return properties.some(({ name, value }) => (name === 'KIND' || name === 'X-ADDRESSBOOKSERVER-KIND') && value.trim().toLowerCase() === 'group');
}

/** Phones let people leave out the year: such a day is no date of birth, and Apple writes it as one of 1604. */
function birthdayOf(properties: readonly Property[]): string | null {
  const written = properties.find(({ name }) => name === 'BDAY');
  const value = unescapeValue(written?.value ?? '').trim();
  return value === '' || value.startsWith('--') || written?.parameters.has('X-APPLE-OMIT-YEAR') === true ? null : value;
}

function cardOf(properties: readonly Property[]): CardRead {
  const all = (name: string): Property[] => properties.filter((property) => property.name === name);
  const first = (name: string): string => unescapeValue(all(name)[0]?.value ?? '').trim();
  const [familyName = '', firstName = '', middleNames = ''] = splitEscaped(all('N')[0]?.value ?? '', ';').map((part) => unescapeValue(part).trim());
  const givenName = `${firstName} ${middleNames}`.trim();
  const fullName = first('FN');
  // A pharmacy's card has no names but its own, which is not one person's first and last.
  const isOrganization = familyName === '' && givenName === '' && fullName !== '' && splitEscaped(all('ORG')[0]?.value ?? '', ';').map((part) => unescapeValue(part).trim())[0] === fullName;
  const numbers = all('TEL').flatMap(({ value, parameters }) => {
    const types = parameters.get('TYPE') ?? [];
    const number = unescapeValue(value).replace(/^tel:/i, '').replace(/;.*$/, '').trim();
    if (number === '' || types.includes('FAX') || types.includes('PAGER')) return [];
    const label = types.includes('CELL') || types.includes('IPHONE') ? 'mobile' : types.includes('WORK') ? 'work' : types.includes('HOME') ? 'home' : 'other';
    return [{ value: number, label, isPreferred: types.includes('PREF') || parameters.has('PREF') } as const];
  });
  const card: VCard = {
    givenName,
    familyName: isOrganization ? fullName : familyName,
    fullName,
    numbers,
    email: first('EMAIL') || null,
    birthday: birthdayOf(properties),
    language: first('LANG') || null,
    categories: all('CATEGORIES').flatMap(({ value }) => splitEscaped(value, ',').map((part) => unescapeValue(part).trim())).filter((category) => category !== ''),
  };
  const isEmpty = card.givenName === '' && card.familyName === '' && card.fullName === '' && numbers.length === 0;
  return isEmpty ? { ok: false } : { ok: true, card };
}

function colonOf(line: string): number {
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') isQuoted = !isQuoted;
    else if (line[at] === ':' && !isQuoted) return at;
  }
  return -1;
}

function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function splitEscaped(text: string, separator: string): string[] {
  const parts: string[] = [''];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\' && at + 1 < text.length) parts[parts.length - 1] += text[at]! + text[++at]!;
    else if (text[at] === separator) parts.push('');
    else parts[parts.length - 1] += text[at]!;
  }
  return parts;
}

function unescapeValue(value: string): string {
  return value.replace(/\\(.)/g, (_all, character: string) => (character === 'n' || character === 'N' ? '\n' : character));
}

function escapeValue(value: string): string {
  return value.replace(/[\\,;]/g, '\\$&').replace(/\r\n|\r|\n/g, '\\n');
}

/** At most 75 octets a line, cut between characters: counted as if each took as many as it can. */
function fold(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const code = character.codePointAt(0)!;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (octets + size > 74) {
      parts.push(part);
      part = '';
      octets = 0;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n ');
}

function utf8BytesOf(character: string): number[] {
  return [...encodeURIComponent(isLoneSurrogate(character) ? '\uFFFD' : character).matchAll(/%([0-9A-F]{2})|(.)/gs)].map(([, hex, plain]) => (hex === undefined ? plain!.charCodeAt(0) : Number.parseInt(hex, 16)));
}

function isLoneSurrogate(character: string): boolean {
  const code = character.charCodeAt(0);
  return character.length === 1 && code >= 0xd800 && code <= 0xdfff;
}

function textOfUtf8(bytes: readonly number[]): string {
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    // Not UTF-8 after all: old phones wrote Latin-1 and did not say so.
    return String.fromCharCode(...bytes);
  }
}
