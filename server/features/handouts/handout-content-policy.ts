/** What the handout says: a practice's decisions and a language's sentences in, a page out. Pure. Draws nothing, and translates nothing. */
import parsePhoneNumber from 'libphonenumber-js/max';
import type { HandoutPage, HandoutSentence, HandoutSettings, HandoutSpan } from '#contract/handouts.ts';
import type { HandoutMessages } from './handout-messages.ts';

/** All of a page that is not the practice's decision or a language's sentence. */
export interface HandoutFacts {
  readonly practiceName: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Every proven line, the default first. */
  readonly lines: ReadonlyArray<{ readonly name: string; readonly number: string }>;
  /** Zero for a draft. */
  readonly version: number;
  /** ISO 8601 date of the version, or of today. */
  readonly date: string;
  /** The vCard that the QR code holds. */
  readonly card: string;
  /** Of the public page, without "https://"; null where it is not known. */
  readonly address: string | null;
}

/** Where it is not the number of the mobile networks' standard (112), which works beside it in most of the world. */
const EMERGENCY_NUMBERS: Readonly<Record<string, string>> = { US: '911', CA: '911', MX: '911', AR: '911', CL: '131', BR: '192', GB: '999', IE: '112', AU: '000', NZ: '111', IN: '112', CN: '120', HK: '999', SG: '995', JP: '119', KR: '119', SA: '997', AE: '998' };

export function emergencyNumberOf(country: string): string {
  return EMERGENCY_NUMBERS[country] ?? '112';
}

export function handoutPageOf(settings: HandoutSettings, facts: HandoutFacts, messages: HandoutMessages): HandoutPage {
  const { language } = messages;
  const corrections = settings.corrections[language] ?? {};
  const say = (sentence: HandoutSentence, values: Readonly<Record<string, Value>> = {}): HandoutSpan[] => spansOf(corrections[sentence] ?? messages[sentence], values);
  const plain = (sentence: HandoutSentence, values: Readonly<Record<string, Value>> = {}): string => textOf(say(sentence, values));
  const days = (count: number): Value => ({ text: (messages.businessDays[new Intl.PluralRules(language).select(count)] ?? messages.businessDays.other ?? '{count}').replace('{count}', formatCount(count, language)) });
  const number = (e164: string): Value => ({ text: formatNumber(e164, facts.country), dial: e164 });
  const mainLine = facts.lines[0];
  const isApproved = !messages.isMachineMade || settings.approved.includes(language);

  return {
    language,
    languageName: messages.name,
    direction: messages.direction,
    practiceName: facts.practiceName,
    title: plain('title'),
    emergency: {
      heading: plain('emergencyHeading'),
      paragraphs: [
        [...say('emergencyCall', { emergencyNumber: { text: emergencyNumberOf(facts.country), dial: emergencyNumberOf(facts.country) } }), ...(settings.hospital === '' ? [] : [span(' '), ...say('emergencyHospital', { hospital: { text: settings.hospital } })])],
        ...(settings.dayAndNight === null ? [] : [say('emergencyDayAndNight', { number: number(settings.dayAndNight) })]),
      ],
    },
    sections: [
      ...(settings.portalDays === null ? [] : [{ heading: plain('writeHeading'), paragraphs: [say('writeBody', { days: days(settings.portalDays) })] }]),
      ...(mainLine === undefined ? [] : [{ heading: plain('callHeading'), paragraphs: [say('callBody', { number: number(mainLine.number), hours: { text: hoursOf(settings, facts.country, messages, plain) }, days: days(settings.callDays) }), say(AFTER_HOURS[settings.afterHours])] }]),
      { heading: plain('resultsHeading'), paragraphs: [say(settings.results === 'by-date' ? 'resultsByDate' : 'resultsNoNews')] },
    ],
    numbers: { heading: plain('numbersHeading'), body: plain('numbersBody'), lines: facts.lines.map((line) => ({ name: line.name, number: isolate(formatNumber(line.number, facts.country)), dial: line.number })), save: plain('saveNumbers') },
    card: facts.card,
    machineMade: isApproved ? null : plain('machineMade'),
    footer: facts.version === 0 ? '' : plain('version', { version: { text: formatCount(facts.version, language) }, date: { text: new Intl.DateTimeFormat(localeOf(language, facts.country), { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(facts.date)) } }),
    largePrint: plain('largePrint'),
    address: facts.address,
  };
}

/** As people of the country write it; with the country's code for all others. */
export function formatNumber(e164: string, country: string): string {
  const parsed = parsePhoneNumber(e164);
  return parsed === undefined ? e164 : parsed.country === country ? parsed.formatNational() : parsed.formatInternational();
}

/** Held together from left to right, whatever the script around it (U+2066 LRI and U+2069 PDI, UAX 9). */
export function isolate(number: string): string {
  return `\u2066${number}\u2069`;
}

const AFTER_HOURS = { 'on-call': 'afterHoursOnCall', 'answering-service': 'afterHoursAnsweringService', voicemail: 'afterHoursVoicemail', 'emergency-only': 'afterHoursEmergencyOnly' } as const;

interface Value {
  readonly text: string;
  /** Of a telephone number. */
  readonly dial?: string;
}

function span(text: string, isBold = false, dial?: string): HandoutSpan {
  return dial === undefined ? { text, isBold, isNumber: false } : { text: isolate(text), isBold, isNumber: true, dial };
}

/** "**" makes bold; {name} is a value, which is text and nothing else, whatever stands in it. */
function spansOf(sentence: string, values: Readonly<Record<string, Value>>): HandoutSpan[] {
  return sentence.split('**').flatMap((part, index) => {
    let before = '';
    return part
      .split(/(\{\w+\})/)
      .filter((piece) => piece !== '')
      .map((piece) => {
        const value = values[/^\{(\w+)\}$/.exec(piece)?.[1] ?? ''];
        // A value that ends with a point, as "5:30 p.m.", ends the sentence too.
        const text = value?.text ?? (before.endsWith('.') ? piece.replace(/^\.(?!\.)/, '') : piece);
        before = text;
        return span(text, index % 2 === 1, value?.dial);
      })
      .filter(({ text }) => text !== '');
  });
}

function textOf(spans: readonly HandoutSpan[]): string {
  return spans.map(({ text }) => text).join('');
}

function hoursOf({ officeHours }: HandoutSettings, country: string, { language }: HandoutMessages, plain: (sentence: HandoutSentence, values: Readonly<Record<string, Value>>) => string): string {
  const locale = localeOf(language, country);
  // 4 January 2027 is a Monday.
  const weekday = (day: number): string => new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2027, 0, 3 + day));
  const sorted = [...new Set(officeHours.weekdays)].sort((a, b) => a - b);
  const first = sorted[0]!;
  const last = sorted.at(-1)!;
  const isRange = sorted.length > 2 && last - first === sorted.length - 1;
  const weekdays = isRange ? plain('weekdayRange', { first: { text: weekday(first) }, last: { text: weekday(last) } }) : new Intl.ListFormat(locale, { type: 'conjunction' }).format(sorted.map(weekday));
  return plain('hours', { weekdays: { text: weekdays }, from: { text: formatTime(officeHours.from, locale) }, until: { text: formatTime(officeHours.until, locale) } });
}

function formatTime(time: string, locale: string): string {
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  const formatted = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(Date.UTC(2027, 0, 4, hour, minute));
  // "8:00 AM" is read aloud as eight o'clock: the zeros say nothing. And no line begins with "AM".
  return formatted.replace(/^(\d{1,2}):00(?=\s?[AP]M$)/, '$1').replaceAll(/\s/g, '\u00A0');
}

/** Times and dates as patients of the language write them in this country; Arabic with the digits that stand on telephones. */
function localeOf(language: string, country: string): string {
  return language === 'ar' ? `ar-${country}-u-nu-latn` : `${language}-${country}`;
}

function formatCount(count: number, language: string): string {
  return new Intl.NumberFormat(language === 'ar' ? 'ar-u-nu-latn' : language).format(count);
}
