/** Contacts as files for elsewhere: a spreadsheet's and a phone's. Pure; pauses on the way, so that a call's audio does not wait for a long file. */
import parsePhoneNumber from 'libphonenumber-js/max';
import type { ContactDetails } from '#contract/contacts.ts';
import { BYTE_ORDER_MARK, encodeRows } from './csv-codec.ts';
import { encodeVCard } from './vcard-codec.ts';

/** The headers are those that an import recognises by itself. */
const HEADERS = ['First name', 'Last name', 'Mobile phone', 'Home phone', 'Work phone', 'Other phone', 'Email', 'Birth date', 'Record number', 'Language', 'Interpreter', 'Time zone', 'Text consent', 'Tags'];

/** Contacts between two pauses: some milliseconds. */
const A_TURN = 100;

export function* exportCsv(contacts: readonly ContactDetails[]): Generator<undefined, string, undefined> {
  return `${BYTE_ORDER_MARK}${encodeRows([HEADERS])}${yield* writeInTurns(contacts, (details) => encodeRows([rowOf(details)]))}`;
}

export function* exportVCards(contacts: readonly ContactDetails[]): Generator<undefined, string, undefined> {
  return yield* writeInTurns(contacts, ({ givenName, familyName, numbers, email, birthDate, language, tags }) =>
    encodeVCard({
      givenName,
      familyName,
      fullName: `${givenName} ${familyName}`.trim() || (numbers[0]?.number ?? ''),
      numbers: numbers.map(({ number, label }, index) => ({ value: number, label: label === 'family' ? 'other' : label, isPreferred: index === 0 })),
      email,
      birthday: birthDate,
      language,
      categories: tags,
    }),
  );
}

function* writeInTurns(contacts: readonly ContactDetails[], write: (details: ContactDetails) => string): Generator<undefined, string, undefined> {
  const written: string[] = [];
  for (const details of contacts) {
    written.push(write(details));
    if (written.length % A_TURN === 0) yield;
  }
  return written.join('');
}

function rowOf(details: ContactDetails): string[] {
  const numbers = (...labels: string[]): string =>
    details.numbers
      .filter(({ label }) => labels.includes(label))
      .map(({ number }) => parsePhoneNumber(number)?.formatInternational() ?? number)
      .join(' ::: ');
  return [
    details.givenName,
    details.familyName,
    numbers('mobile'),
    numbers('home'),
    numbers('work'),
    numbers('other', 'family'),
    details.email ?? '',
    details.birthDate ?? '',
    details.recordNumber ?? '',
    details.language ?? '',
    details.needsInterpreter ? 'yes' : '',
    details.timeZone ?? '',
    details.textConsent.state === 'unknown' ? '' : details.textConsent.state,
    details.tags.join('; '),
  ];
}
