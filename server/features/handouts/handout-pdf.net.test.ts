/** Handouts as a reader and a scanner see them: by poppler (apt: poppler-utils), which is not the library that made them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsqr from 'jsqr';
import { afterAll, expect, test } from 'vitest';
import { handoutLanguageSchema, handoutPaperSchema, handoutSettingsSchema } from '#contract/handouts.ts';
import { handoutPageOf } from './handout-content-policy.ts';
import { handoutMessages } from './handout-messages.ts';
import { createHandoutPrinter } from './handout-pdf.ts';

const directory = mkdtempSync(join(tmpdir(), 'handout-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lakeside Clinic;;;;\r\nFN:Lakeside Clinic\r\nTEL;TYPE=WORK,PREF:+16125550100\r\nTEL;TYPE=WORK:+16125550118\r\nEND:VCARD\r\n';
const settings = handoutSettingsSchema.parse({ hospital: 'Lakeside General, 400 Harbor Street', dayAndNight: '+16125550199' });
const facts = { practiceName: 'Lakeside Clinic', country: 'US', lines: [{ name: 'Clinic', number: '+16125550100' }, { name: 'Procedures', number: '+16125550118' }], version: 3, date: '2026-11-24', card: CARD, address: 'calls.lakeside.example/h/k7m2xa' };
const printer = createHandoutPrinter();
const poppler = (program: string, ...words: string[]): string => execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** A grey picture: PGM, binary, as pdftoppm writes it. */
function readPgm(path: string): { width: number; height: number; grey: Buffer } {
  const bytes = readFileSync(path);
  const header = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 64).toString('latin1'))!;
  return { width: Number(header[1]), height: Number(header[2]), grey: bytes.subarray(header[0].length) };
}

test.each(handoutLanguageSchema.options.flatMap((language) => handoutPaperSchema.options.map((paper) => [language, paper] as const)))('%s on %s: tagged, on one page (large print: two), every number legible, the code scanned from the print', (language, paper) => {
  const page = handoutPageOf(settings, facts, handoutMessages[language]);
  const path = join(directory, `${language}-${paper}`);
  writeFileSync(`${path}.pdf`, printer.print(page, paper));

  const info = poppler('pdfinfo', `${path}.pdf`);
  expect(info).toMatch(/Tagged:\s+yes/);
  expect(info).toMatch(paper === 'large-print' ? /Pages:\s+[12]\n/ : /Pages:\s+1\n/);
  expect(info).toContain(paper === 'a4' ? 'A4' : 'letter');
  expect(info).toContain(`Title:           ${page.title}`);

  const text = poppler('pdftotext', '-raw', `${path}.pdf`, '-').replaceAll(/[\u2066-\u2069\u202A-\u202E]/g, '').replaceAll(/\s+/g, ' ');
  for (const number of ['(612) 555-0100', '(612) 555-0118', '(612) 555-0199', '911', facts.address]) expect(text).toContain(number);
  // Poppler takes Arabic letters apart; its shape was looked at, its numbers are what can be compared.
  if (language !== 'ar') {
    const wanted = [page.title, ...page.sections.flatMap(({ heading, paragraphs }) => [heading, ...paragraphs.map((spans) => spans.map((span) => span.text).join(''))])];
    const squeezed = text.replaceAll(' ', '');
    for (const sentence of wanted) expect(squeezed).toContain(sentence.replaceAll(/[\u2066-\u2069]/g, '').replaceAll(/\s+/g, ''));
  }

  poppler('pdftoppm', '-gray', '-r', '100', '-singlefile', '-f', /Pages:\s+(\d)/.exec(info)![1]!, `${path}.pdf`, path);
  const { width, height, grey } = readPgm(`${path}.pgm`);
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let index = 0; index < width * height; index += 1) pixels.fill(grey[index]!, index * 4, index * 4 + 3);
  expect(jsqr(pixels, width, height)?.data).toBe(CARD);
});

test('only the fonts that are needed are in the file, and all of them are', () => {
  const path = join(directory, 'fonts.pdf');
  writeFileSync(path, printer.print(handoutPageOf(settings, facts, handoutMessages.en), 'letter'));
  const fonts = poppler('pdffonts', path).split('\n').slice(2).filter((line) => line !== '');
  expect(fonts.length).toBeLessThanOrEqual(2);
  for (const font of fonts) expect(font).toMatch(/NotoSans-(Regular|Bold).*yes yes yes/);
});

test('large print is large on every line: 18 points at least, as the standards for it ask', () => {
  const path = join(directory, 'large.pdf');
  writeFileSync(path, printer.print(handoutPageOf(settings, facts, handoutMessages.en), 'large-print'));
  const sizes = [...poppler('pdftohtml', '-xml', '-i', '-stdout', '-zoom', '1', path).matchAll(/<fontspec[^>]* size="(\d+)"/g)].map(([, size]) => Number(size));
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(18);
});

test('without a proven line the page shows no code that would save nothing', () => {
  const path = join(directory, 'no-lines.pdf');
  writeFileSync(path, printer.print(handoutPageOf(settings, { ...facts, lines: [] }, handoutMessages.en), 'letter'));
  expect(poppler('pdftotext', path, '-')).not.toContain('We call from');
});
