/** Contacts as files for elsewhere: a spreadsheet's and a phone's. Pure; a file comes in pieces, so that a call's audio waits for none longer than one takes. */
import parsePhoneNumber from 'libphonenumber-js/max';
import type { ContactDetails } from '#contract/contacts.ts';
import { BYTE_ORDER_MARK, encodeRows } from './csv-codec.ts';
import { encodeVCard } from './vcard-codec.ts';

/** The headers are those that an import recognises by itself. */
const HEADERS = ['First name', 'Last name', 'Mobile phone', 'Home phone', 'Work phone', 'Other phone', 'Email', 'Birth date', 'Record number', 'Language', 'Interpreter', 'Time zone', 'Text consent', 'Tags'];

/** Contacts a piece: some milliseconds. */
const A_PIECE = 100;

export function* exportCsv(contacts: readonly ContactDetails[]): Generator<string, void, undefined> {
  yield `${BYTE_ORDER_MARK}${encodeRows([HEADERS])}`;
  yield* writeInPieces(contacts, (details) => encodeRows([rowOf(details)]));
}

export function* exportVCards(contacts: readonly ContactDetails[]): Generator<string, void, undefined> {
  yield* writeInPieces(contacts, ({ givenName, familyName, numbers, email, birthDate, language, tags }) =>
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

function* writeInPieces(contacts: readonly ContactDetails[], write: (details: ContactDetails) => string): Generator<string, void, undefined> {
  for (let from = 0; from < contacts.length; from += A_PIECE) yield contacts.slice(from, from + A_PIECE).map(write).join('');
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
