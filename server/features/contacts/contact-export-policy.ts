/** Contacts as files for elsewhere: a spreadsheet's and a phone's. Pure. */
import parsePhoneNumber from 'libphonenumber-js/max';
import type { ContactDetails } from '#contract/contacts.ts';
import { encodeCsv } from './csv-codec.ts';
import { encodeVCards } from './vcard-codec.ts';

/** The headers are those that an import recognises by itself. */
const HEADERS = ['First name', 'Last name', 'Mobile phone', 'Home phone', 'Work phone', 'Other phone', 'Email', 'Birth date', 'Record number', 'Language', 'Interpreter', 'Time zone', 'Text consent', 'Tags'];

export function exportCsv(contacts: readonly ContactDetails[]): string {
  return encodeCsv([
    HEADERS,
    ...contacts.map((details) => {
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
    }),
  ]);
}

export function exportVCards(contacts: readonly ContactDetails[]): string {
  return encodeVCards(
    contacts.map(({ givenName, familyName, numbers, email, birthDate, tags }) => ({
      givenName,
      familyName,
      fullName: `${givenName} ${familyName}`.trim() || (numbers[0]?.number ?? ''),
      numbers: numbers.map(({ number, label }, index) => ({ value: number, label: label === 'family' ? 'other' : label, isPreferred: index === 0 })),
      email,
      birthday: birthDate,
      categories: tags,
    })),
  );
}
