/** Files as spreadsheets, record systems and people write them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCsvReader, detectDelimiter, distinctHeaders, encodeCsv, readableCell, type Delimiter } from './csv-codec.ts';

const read = (text: string, delimiter: Delimiter = ','): string[][] => {
  const reader = createCsvReader(delimiter);
  return [...reader.push(text), ...reader.end()].map(({ cells }) => [...cells]);
};

describe('reading', () => {
  test.each([
    ['commas', 'a,b\nc,d\n', [['a', 'b'], ['c', 'd']]],
    ['no line break at the end', 'a,b\nc,d', [['a', 'b'], ['c', 'd']]],
    ['the line breaks of Windows and of old Macs', 'a,b\r\nc,d\re,f', [['a', 'b'], ['c', 'd'], ['e', 'f']]],
    ['quotes around delimiters, line breaks and doubled quotes', '"a,1","b\r\nb","c""c"\nd,e,f', [['a,1', 'b\r\nb', 'c"c'], ['d', 'e', 'f']]],
    ['a quote inside a bare cell', 'Robert "Bob" Lee,x\n', [['Robert "Bob" Lee', 'x']]],
    ['something after a closing quote', '"a"b,c\n', [['ab', 'c']]],
    ['empty cells', ',a,\n,,\n', [['', 'a', ''], ['', '', '']]],
    ['blank lines', 'a,b\n\n\r\nc,d\n\n', [['a', 'b'], ['c', 'd']]],
    ['an empty quoted cell', '"",a\n', [['', 'a']]],
    ["Excel's line that names the separator", 'sep=,\r\na,b\n', [['a', 'b']]],
    ['an empty file', '', []],
  ])('%s', (_what, text, rows) => expect(read(text)).toEqual(rows));

  test('a quote that is never closed is said to be, and ends with the file', () => {
    const reader = createCsvReader(',');
    expect(reader.push('a,b\n"c,d\ne,f\n')).toEqual([{ cells: ['a', 'b'], isUnclosed: false }]);
    expect(reader.end()).toEqual([{ cells: ['c,d\ne,f\n'], isUnclosed: true }]);
  });

  test('wherever a file is cut into pieces, the rows are the same', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', 'é'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), fc.array(fc.nat({ max: 80 })), fc.boolean(), (rows, cuts, isRaw) => {
        const text = isRaw ? rows.map((cells) => cells.join(',')).join('\n') : encodeCsv(rows);
        const whole = read(text);
        const reader = createCsvReader(',');
        const pieces: string[][] = [];
        let from = 0;
        for (const cut of [...cuts].sort((a, b) => a - b)) {
          pieces.push(...reader.push(text.slice(from, cut)).map(({ cells }) => [...cells]));
          from = Math.max(from, cut);
        }
        pieces.push(...reader.push(text.slice(from)).map(({ cells }) => [...cells]), ...reader.end().map(({ cells }) => [...cells]));
        expect(pieces).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a file of nothing but quotes and delimiters ends', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'x'), maxLength: 400 }), (text) => void read(text)));
  });
});

describe('finding the delimiter', () => {
  test.each([
    ['name,phone\na,1\nb,2', ','],
    ['name;phone\n"Lee, Ann";1\n"Okafor, Walter";2', ';'],
    ['name\tphone\na\t1', '\t'],
    ['name|phone\na|1', '|'],
    ['sep=;\nname;phone,fax\na;1,2', ';'],
    ['name;note\na;one, two\nb;three', ';'],
    ['only', ','],
    ['', ','],
  ])('%j', (head, delimiter) => expect(detectDelimiter(head)).toBe(delimiter));
});

test('repeated and empty headers can be told apart', () => {
  expect(distinctHeaders(['Phone', 'Phone', ' ', 'Name', 'Phone'])).toEqual(['Phone', 'Phone (2)', 'Column 3', 'Name', 'Phone (3)']);
});

describe('writing', () => {
  test('what was written is what is read', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
        const isPlain = rows.flat().every((cell) => !/^'[=+\-@\t\r]/.test(cell) && !/^\s+[=+\-@]/.test(cell));
        fc.pre(isPlain);
        expect(read(encodeCsv(rows).slice(1)).map((cells) => cells.map(readableCell))).toEqual(rows);
      }),
    );
  });

  test('no cell runs when a spreadsheet opens it', () => {
    const armed = ['=HYPERLINK("http://evil.example")', '+1+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '=1', ' =1'];
    for (const cell of armed) {
      const written = read(encodeCsv([[cell, 'x']]).slice(1))[0]![0]!;
      expect(written.startsWith("'"), JSON.stringify(cell)).toBe(true);
    }
    expect(encodeCsv([['+1 612 555 0100']])).toContain('+1 612 555 0100');
    expect(encodeCsv([['+1 612 555 0100']])).not.toContain("'+");
  });
});
