/** Cards as phones of three generations write them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVCardReader, encodeVCard, type VCard } from './vcard-codec.ts';

const read = (text: string): Array<VCard | undefined> => {
  const reader = createVCardReader();
  return [...reader.push(text), ...reader.end()].map((one) => (one.ok ? one.card : undefined));
};

const crlf = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join('');

describe('reading', () => {
  test('2.1 from an old phone: bare types, quoted-printable over two lines, a Latin charset', () => {
    const text = crlf(
      'BEGIN:VCARD',
      'VERSION:2.1',
      'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;',
      'FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg=',
      ' M=C3=BCller',
      'TEL;CELL;PREF:+16125550131',
      'TEL;WORK;FAX:+16125550132',
      'TEL;HOME;VOICE:(612) 555-0133',
      'NOTE;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:gr=FC=DF',
      'END:VCARD',
    );
    expect(read(text)).toEqual([
      {
        givenName: 'Jörg',
        familyName: 'Müller',
        fullName: 'Jörg Müller',
        numbers: [
          { value: '+16125550131', label: 'mobile', isPreferred: true },
          { value: '(612) 555-0133', label: 'home', isPreferred: false },
        ],
        email: null,
        birthday: null,
        language: null,
        categories: [],
      },
    ]);
  });

  test('3.0 from an iPhone: groups, several types, escapes, a folded picture', () => {
    const text = crlf(
      'BEGIN:VCARD',
      'VERSION:3.0',
      'PRODID:-//Apple Inc.//iPhone OS 18.1//EN',
      'N:Achterberg\\, PhD;Rosalind;;;',
      'FN:Rosalind Achterberg',
      'item1.EMAIL;type=INTERNET;type=pref:rosalind@example.com',
      'TEL;type=CELL;type=VOICE;type=pref:+1 (612) 555-0140',
      'TEL;type=IPHONE;type=CELL:+1 612 555 0141',
      'BDAY:1961-04-30',
      'CATEGORIES:Warfarin,Tuesday',
      'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD',
      ` ${'A'.repeat(74)}`,
      ` ${'B'.repeat(74)}`,
      'END:VCARD',
    );
    expect(read(text)).toEqual([
      {
        givenName: 'Rosalind',
        familyName: 'Achterberg, PhD',
        fullName: 'Rosalind Achterberg',
        numbers: [
          { value: '+1 (612) 555-0140', label: 'mobile', isPreferred: true },
          { value: '+1 612 555 0141', label: 'mobile', isPreferred: false },
        ],
        email: 'rosalind@example.com',
        birthday: '1961-04-30',
        language: null,
        categories: ['Warfarin', 'Tuesday'],
      },
    ]);
  });

  test('4.0 from Android and from servers: tel URIs, quoted parameters with colons and commas, PREF as a parameter', () => {
    const text = crlf('BEGIN:VCARD', 'VERSION:4.0', 'FN:Walter Okafor', 'N:Okafor;Walter;;;', 'TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:+16125550151;ext=4', 'ADR;LABEL="12: Main, St":;;12 Main;;;;', 'BDAY:19480229', 'END:VCARD');
    expect(read(text)[0]).toMatchObject({ fullName: 'Walter Okafor', numbers: [{ value: '+16125550151', label: 'mobile', isPreferred: true }], birthday: '19480229' });
  });

  test('what phones write beside people: lists of them, firms, birthdays without a year, middle names, the language', () => {
    const card = (...lines: string[]): string => crlf('BEGIN:VCARD', ...lines, 'END:VCARD');
    expect(read(card('VERSION:4.0', 'KIND:group', 'FN:Transplant list', 'MEMBER:urn:uuid:1') + card('VERSION:3.0', 'N:Family;;;;', 'FN:Family', 'X-ADDRESSBOOKSERVER-KIND:group'))).toEqual([]);
    expect(read(card('VERSION:3.0', 'N:;;;;', 'FN:Sunrise Pharmacy', 'ORG:Sunrise Pharmacy;', 'X-ABShowAs:COMPANY'))[0]).toMatchObject({ givenName: '', familyName: 'Sunrise Pharmacy' });
    expect(read(card('VERSION:3.0', 'N:Lee;Ann;Mary Jo;Dr.;', 'FN:Dr. Ann Mary Jo Lee', 'BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-06'))[0]).toMatchObject({ givenName: 'Ann Mary Jo', familyName: 'Lee', birthday: null });
    expect(read(card('VERSION:4.0', 'FN:Zoë', 'BDAY:--0506', 'LANG;PREF=1:es'))[0]).toMatchObject({ birthday: null, language: 'es' });
  });

  test('many cards in one file, with whatever between them; one cut short is said to be', () => {
    const one = encodeVCard({ givenName: 'Ann', familyName: 'Lee', fullName: 'Ann Lee', numbers: [], email: null, birthday: null, language: null, categories: [] });
    expect(read(`${one}\r\n\r\n${one}garbage\r\nBEGIN:VCARD\r\nFN:Cut`).map((card) => card?.fullName)).toEqual(['Ann Lee', 'Ann Lee', undefined]);
  });

  test('a card in a card is not a contact', () => {
    expect(read(crlf('BEGIN:VCARD', 'FN:Outer', 'AGENT:', 'BEGIN:VCARD', 'FN:Inner', 'TEL:1', 'END:VCARD', 'END:VCARD')).map((card) => card?.fullName)).toEqual(['Outer']);
  });

  test('a card with nothing to know anyone by is unreadable', () => {
    expect(read(crlf('BEGIN:VCARD', 'VERSION:3.0', 'NOTE:nobody', 'END:VCARD'))).toEqual([undefined]);
  });

  test('wherever the text is cut, and whatever it is, reading ends and gives the same', () => {
    const line = fc.constantFrom('BEGIN:VCARD', 'END:VCARD', 'FN:A', 'N:B;C', 'TEL;CELL:1', ' folded', 'X;ENCODING=QUOTED-PRINTABLE:a=', '=C3=BC', ':', ';;:', '"');
    fc.assert(
      fc.property(fc.array(line), fc.nat({ max: 200 }), fc.constantFrom('\r\n', '\n', '\r'), (lines, cut, ending) => {
        const text = lines.join(ending);
        const reader = createVCardReader();
        const pieces = [...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut)), ...reader.end()].map((one) => (one.ok ? one.card : undefined));
        expect(pieces).toEqual(read(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('writing', () => {
  test('what was written is what is read', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replaceAll(/\s+/g, ' ').trim());
    const card = fc.record({
      givenName: word,
      familyName: word,
      fullName: word.map((text) => `x${text}`),
      numbers: fc.array(fc.record({ value: fc.constantFrom('+16125550123', '+442079460123'), label: fc.constantFrom('mobile', 'home', 'work', 'other'), isPreferred: fc.boolean() }), { maxLength: 3 }),
      email: fc.constantFrom(null, 'a@example.com'),
      birthday: fc.constantFrom(null, '1970-01-31'),
      language: fc.constantFrom(null, 'es', 'zh-Hant'),
      categories: fc.array(word.filter((text) => text !== ''), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(card, { maxLength: 3 }), (cards) => {
        expect(read(cards.map(encodeVCard).join(''))).toEqual(cards);
      }),
    );
  });

  test('no line is longer than 75 octets, and no name can begin a property', () => {
    const text = encodeVCard({ givenName: 'x\r\nTEL:+19005550100', familyName: '名'.repeat(80), fullName: 'y\nEND:VCARD', numbers: [], email: null, birthday: null, language: null, categories: [] });
    for (const line of text.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    expect(text).not.toMatch(/^TEL/m);
    expect(text.match(/^END:VCARD/gm)).toHaveLength(1);
  });
});
