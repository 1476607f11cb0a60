/** What the handout says in each language, and that nothing a practice writes becomes anything but text. */
import fc from 'fast-check';
import jsqr from 'jsqr';
import { describe, expect, test } from 'vitest';
import { handoutLanguageSchema, handoutSettingsSchema, type HandoutPage, type HandoutSpan } from '#contract/handouts.ts';
import { emergencyNumberOf, handoutPageOf, type HandoutFacts } from './handout-content-policy.ts';
import { encodeHandoutHtml } from './handout-html-codec.ts';
import { handoutMessages } from './handout-messages.ts';
import { encodeQr } from './qr-code.ts';

const FACTS: HandoutFacts = {
  practiceName: 'Lakeside Clinic',
  country: 'US',
  lines: [{ name: 'Clinic', number: '+16125550100' }, { name: 'Procedures', number: '+16125550118' }],
  version: 3,
  date: '2026-11-24',
  card: 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Lakeside Clinic\r\nTEL:+16125550100\r\nTEL:+16125550118\r\nEND:VCARD\r\n',
  address: 'calls.lakeside.example/h/k7m2xa',
};
const settings = (more: Record<string, unknown> = {}) => handoutSettingsSchema.parse({ hospital: 'Lakeside General, 400 Harbor Street', dayAndNight: '+16125550199', ...more });
const textOf = (spans: readonly HandoutSpan[]): string => spans.map(({ text }) => text).join('');
const allOf = (page: HandoutPage): string => JSON.stringify(page);

describe('in English', () => {
  const page = handoutPageOf(settings(), FACTS, handoutMessages.en);

  test('it says what the practice decided, with the safer results policy unless told otherwise', () => {
    expect(page.emergency.paragraphs.map(textOf)).toEqual(['Call \u2066911\u2069. Lakeside General, 400 Harbor Street', 'Questions, day and night: \u2066(612) 555-0199\u2069']);
    expect(page.sections.map(({ paragraphs }) => paragraphs.map(textOf))).toEqual([
      ['Send a message in the portal. We answer within 2 business days.'],
      ['\u2066(612) 555-0100\u2069, Monday to Friday, 8\u00A0AM to 5:30\u00A0PM. We call back within 1 business day.', 'At night and on weekends the on-call physician answers.'],
      ['You will hear from us by the date on your visit summary. If you have not, call us.'],
    ]);
    expect(page.footer).toBe('Version 3, November 24, 2026');
  });

  test('a practice without a portal, with other hours and another policy, says so', () => {
    const other = handoutPageOf(settings({ portalDays: null, results: 'no-news', officeHours: { weekdays: [1, 3, 5], from: '09:15', until: '12:00' } }), FACTS, handoutMessages.en);
    expect(other.sections).toHaveLength(2);
    expect(textOf(other.sections[0]!.paragraphs[0]!)).toContain('Monday, Wednesday, and Friday, 9:15\u00A0AM to 12\u00A0PM');
    expect(textOf(other.sections[1]!.paragraphs[0]!)).toContain('No news is good news.');
  });

  test('a corrected sentence stands in place of ours', () => {
    const corrected = handoutPageOf(settings({ corrections: { en: { title: 'Reaching Dr. Lee', callBody: 'Ring **{number}**.' } } }), FACTS, handoutMessages.en);
    expect(corrected.title).toBe('Reaching Dr. Lee');
    expect(corrected.sections[1]!.paragraphs[0]).toEqual([{ text: 'Ring ', isBold: false, isNumber: false }, { text: '\u2066(612) 555-0100\u2069', isBold: true, isNumber: true, dial: '+16125550100' }, { text: '.', isBold: false, isNumber: false }]);
  });
});

describe('in every language', () => {
  const pages = handoutLanguageSchema.options.map((language) => handoutPageOf(settings(), FACTS, handoutMessages[language]));

  test('no placeholder is left, and every telephone number is held together', () => {
    for (const page of pages) {
      expect(allOf(page), page.language).not.toMatch(/[{}]\w+[{}]|\*\*/);
      for (const number of ['(612) 555-0100', '(612) 555-0199']) expect(allOf(page), page.language).toContain(`\u2066${number}\u2069`);
    }
  });

  test('a sentence never ends with two points', () => {
    expect(textOf(pages[1]!.sections[1]!.paragraphs[0]!)).toMatch(/p\.\s?m\. Le devolvemos/);
    for (const page of pages) expect(allOf(page), page.language).not.toContain('..');
  });

  test('days are counted as the language counts them', () => {
    const days = (language: 'ar' | 'es', portalDays: number): string => textOf(handoutPageOf(settings({ portalDays }), FACTS, handoutMessages[language]).sections[0]!.paragraphs[0]!);
    expect(days('es', 1)).toContain('1 día hábil.');
    expect([1, 2, 3].map((count) => days('ar', count))).toEqual([expect.stringContaining('يوم عمل واحد'), expect.stringContaining('يومي عمل'), expect.stringContaining('3 أيام عمل')]);
  });

  test('what a machine translated is labelled until somebody approves it; English is ours', () => {
    expect(pages.map(({ language, machineMade }) => [language, machineMade !== null])).toEqual([['en', false], ['es', true], ['fr', true], ['zh', true], ['ar', true]]);
    expect(handoutPageOf(settings({ approved: ['ar'] }), FACTS, handoutMessages.ar).machineMade).toBeNull();
  });

  test('each file says the same: the same placeholders in each sentence', () => {
    const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort((a, b) => (a < b ? -1 : 1));
    for (const messages of Object.values(handoutMessages)) for (const [sentence, text] of Object.entries(handoutMessages.en)) if (typeof text === 'string') expect(placeholders(messages[sentence as 'title']), `${messages.language} ${sentence}`).toEqual(placeholders(text));
  });
});

test('the number to call for help is the country\'s', () => {
  expect(['US', 'GB', 'AU', 'DE', 'ES'].map(emergencyNumberOf)).toEqual(['911', '999', '000', '112', '112']);
});

describe('as a web page', () => {
  const links = { path: '/h/k7m2xa', languages: [{ language: 'en', name: 'English' }, { language: 'ar', name: 'العربية' }] };

  test('nothing a practice writes is ever markup', () => {
    const evil = fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", '&lt;b&gt;', '</title><svg/onload=x>', '{number}', '**x**');
    fc.assert(
      fc.property(evil, evil, evil, (name, hospital, title) => {
        const html = encodeHandoutHtml(handoutPageOf(settings({ hospital, corrections: { en: { title } } }), { ...FACTS, practiceName: name, lines: [{ name: hospital, number: '+16125550100' }] }, handoutMessages.en), links);
        return (html.match(/<[^>]*>/g) ?? []).every((tag) => !/script|svg\/|onerror|onmouseover|src=x/.test(tag));
      }),
    );
  });

  test('every number is called with a tap, the one for help too', () => {
    const html = encodeHandoutHtml(handoutPageOf(settings(), FACTS, handoutMessages.en), links);
    expect([...html.matchAll(/href="tel:([^"]*)"/g)].map(([, number]) => number)).toEqual(['911', '+16125550199', '+16125550100', '+16125550100', '+16125550118']);
  });

  test('without a proven line it shows no numbers and no code', () => {
    const html = encodeHandoutHtml(handoutPageOf(settings(), { ...FACTS, lines: [] }, handoutMessages.en), links);
    expect(html).not.toMatch(/qr\.svg|numbers\.vcf|We call from/);
  });

  test('it asks for nothing but its own style, its own picture and its own files', () => {
    const html = encodeHandoutHtml(handoutPageOf(settings(), FACTS, handoutMessages.ar), links);
    expect(html).toContain('<html lang="ar" dir="rtl">');
    expect([...html.matchAll(/(?:src|href)="([^"]*)"/g)].every(([, address]) => /^(?:\/h\/|tel:\+?\d+$)/.test(address!))).toBe(true);
    expect(html).not.toMatch(/style=|<style|<script/);
  });
});

describe('the QR code', () => {
  test('is read by a scanner, and holds every proven line', () => {
    const rows = encodeQr(FACTS.card);
    const scale = 4;
    const size = rows.length * scale;
    const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
    rows.forEach((row, y) => {
      for (const { index: x } of row.matchAll(/1/g)) for (let dy = 0; dy < scale; dy += 1) for (let dx = 0; dx < scale; dx += 1) pixels.fill(0, ((y * scale + dy) * size + x * scale + dx) * 4, ((y * scale + dy) * size + x * scale + dx) * 4 + 3);
    });
    expect(jsqr(pixels, size, size)?.data).toBe(FACTS.card);
  });

  test('has room for as many lines as a practice has', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `TEL:+1612555${String(index).padStart(4, '0')}\r\n`).join('');
    expect(encodeQr(`BEGIN:VCARD\r\n${lines}END:VCARD\r\n`).length).toBeLessThan(185);
  });
});
