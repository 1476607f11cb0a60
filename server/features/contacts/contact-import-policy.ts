/** What a row of a file means: which column is which, and the contact in it or what is wrong with it. Pure. Guesses only what a person then confirms. */
import parsePhoneNumber, { type CountryCode } from 'libphonenumber-js/max';
import { contactDetailsSchema, type ContactDetails, type ContactNumber, type ImportField, type ImportProblem } from '#contract/contacts.ts';
import type { E164 } from '#contract/ids.ts';
import { spokenLanguages } from '#contract/spoken-languages.ts';
import { foldText } from './contact-search-policy.ts';
import { readableCell } from './csv-codec.ts';
import type { VCard } from './vcard-codec.ts';

export interface RowProblem {
  readonly field: ImportField | null;
  readonly problem: ImportProblem;
}

/** A row becomes a contact, unless nothing can be known of whom it is; what could not be read is said and left out. */
export interface RowReading {
  readonly details: ContactDetails | undefined;
  readonly problems: readonly RowProblem[];
}

export interface RowRules {
  /** ISO 3166-1 alpha-2: how numbers without a country code are meant. */
  readonly country: string;
  readonly isTimeZone: (name: string) => boolean;
  /** Dates like 03/04/1970 have the month first. */
  readonly isMonthFirst: boolean;
}

/** What headers are called, in the languages of the record systems and address books met most. Folded. */
const HEADERS: ReadonlyArray<readonly [ImportField, RegExp]> = [
  ['givenName', /^(first|given|fore)( ?name)?$|^patient first( name)?$|^nombres?( de pila)?$|^prenom$|^vorname$/],
  ['familyName', /^(last|family|sur)( ?name)?$|^patient last( name)?$|^apellidos?$|^nom( de famille)?$|^nachname$/],
  ['name', /^(full |patient |display |file as )?name$|^patient$|^contact( name)?$|^nombre completo$/],
  ['mobile', /(mobile|cell|movil|celular|portable|handy)/],
  ['work', /(work|business|office|trabajo).*(phone|tel|number)?/],
  ['home', /^home|home.*(phone|tel|number)|(casa|domicile)/],
  ['otherNumber', /(phone|telephone|^tel\b|telefono|^number$|numero)/],
  ['email', /^e ?mail|email|correo|courriel/],
  ['birthDate', /^(dob|birth ?da(y|te)|date of birth|fecha de nacimiento|date de naissance|geburtsdatum)$/],
  ['recordNumber', /^(mrn|chart|record|patient|medical record)( ?(id|no|nr|number))?$/],
  ['needsInterpreter', /interpreter|interprete/],
  ['language', /^(preferred )?(language|lang|idioma|langue|sprache)$/],
  ['timeZone', /^time ?zone$|^tz$/],
  ['textConsent', /\b(text|sms)(ing)? ?(consent|ok|permission)\b|consent to text|consentimiento/],
  ['tags', /^(tags?|labels?|categor(y|ies)|group( membership)?)$/],
];

/** A guess for each column; no field but the numbers and tags is given to two. */
export function suggestMapping(headers: readonly string[]): Array<ImportField | null> {
  const taken = new Set<ImportField>();
  return headers.map((raw) => {
    const header = foldText(raw.replace(/([a-z])([A-Z])/g, '$1 $2'));
    const field = HEADERS.find(([candidate, pattern]) => pattern.test(header) && (!taken.has(candidate) || MAY_REPEAT.has(candidate)))?.[0];
    // Outlook has columns such as "Home Address" and "Business Fax": the words of a place are not its telephone. Its "E-mail Address" is one.
    if (field === undefined || /\b(label|type)\b/.test(header) || (field !== 'email' && /\b(fax|pager|address|street|city|state|zip|postal|country|web|page|account)\b/.test(header))) return null;
    taken.add(field);
    return field;
  });
}

const MAY_REPEAT: ReadonlySet<ImportField> = new Set(['mobile', 'home', 'work', 'otherNumber', 'tags']);
const NUMBER_LABELS = { mobile: 'mobile', home: 'home', work: 'work', otherNumber: 'other' } as const;

export function readRow(cells: readonly string[], mapping: ReadonlyArray<ImportField | null>, rules: RowRules): RowReading {
  const problems: RowProblem[] = [];
  const draft = emptyDraft();
  mapping.forEach((field, index) => {
    const cell = readableCell(cells[index] ?? '').trim();
    if (field === null || cell === '') return;
    const problem = takeCell(draft, field, cell, rules);
    if (problem !== undefined) problems.push({ field, problem });
  });
  return finish(draft, problems);
}

export function readCard(card: VCard, rules: RowRules): RowReading {
  const problems: RowProblem[] = [];
  const draft = emptyDraft();
  const take = (field: ImportField, cell: string): void => {
    const problem = cell === '' ? undefined : takeCell(draft, field, cell, rules);
    if (problem !== undefined) problems.push({ field, problem });
  };
  take('givenName', card.givenName);
  take('familyName', card.familyName);
  if (card.givenName === '' && card.familyName === '') take('name', card.fullName);
  for (const { value, label } of [...card.numbers].sort((a, b) => Number(b.isPreferred) - Number(a.isPreferred))) take(label === 'other' ? 'otherNumber' : label, value);
  take('email', card.email ?? '');
  take('birthDate', card.birthday ?? '');
  take('language', card.language ?? '');
  draft.tags.push(...card.categories);
  return finish(draft, problems);
}

interface Draft {
  givenName: string;
  familyName: string;
  numbers: ContactNumber[];
  email: string | null;
  birthDate: string | null;
  recordNumber: string | null;
  language: string | null;
  needsInterpreter: boolean;
  timeZone: string | null;
  textConsent: ContactDetails['textConsent'];
  tags: string[];
}

function emptyDraft(): Draft {
  return { givenName: '', familyName: '', numbers: [], email: null, birthDate: null, recordNumber: null, language: null, needsInterpreter: false, timeZone: null, textConsent: { state: 'unknown', at: null }, tags: [] };
}

function takeCell(draft: Draft, field: ImportField, cell: string, rules: RowRules): ImportProblem | undefined {
  switch (field) {
    case 'name': {
      const { givenName, familyName } = splitName(cell);
      draft.givenName ||= givenName;
      draft.familyName ||= familyName;
      return undefined;
    }
    case 'givenName':
    case 'familyName':
    case 'recordNumber':
      draft[field] = cell;
      return undefined;
    case 'mobile':
    case 'home':
    case 'work':
    case 'otherNumber':
      return takeNumbers(draft, NUMBER_LABELS[field], cell, rules);
    case 'email':
      if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell)) return 'email-invalid';
      draft.email = cell;
      return undefined;
    case 'birthDate':
      draft.birthDate = readDate(cell, rules.isMonthFirst) ?? null;
      return draft.birthDate === null ? 'birth-date-invalid' : undefined;
    case 'language':
      draft.language = languageNamed(cell) ?? null;
      return draft.language === null ? 'language-unknown' : undefined;
    case 'needsInterpreter':
      draft.needsInterpreter = YES.test(cell);
      return undefined;
    case 'textConsent':
      // Silence is no consent: what is neither word is told, and asked again.
      draft.textConsent = { state: /^(withdrawn|refused|declined|opted? ?out|stop)$/i.test(cell) || NO.test(cell) ? 'withdrawn' : /^(given|granted|agreed( to)?|opted? ?in)$/i.test(cell) || YES.test(cell) ? 'given' : 'unknown', at: null };
      return draft.textConsent.state === 'unknown' && !/^(unknown|not asked( yet)?)$/i.test(cell) ? 'consent-unknown' : undefined;
    case 'timeZone':
      if (!rules.isTimeZone(cell)) return 'time-zone-unknown';
      draft.timeZone = cell;
      return undefined;
    case 'tags':
      draft.tags.push(...cell.split(/[;,|]|:::/).map((tag) => tag.replace(/^\*\s*/, '').trim()).filter((tag) => tag !== ''));
      return undefined;
    default:
      return field satisfies never;
  }
}

const YES = /^(y|yes|true|1|x|si|sí|oui|ja|required|needed)$/i;
const NO = /^(n|no|false|0|non|nein)$/i;

/** What people call some of them besides. Folded. */
const OTHER_NAMES: Readonly<Record<string, string>> = { mandarin: 'zh', cantonese: 'yue', farsi: 'fa', tagalog: 'fil', creole: 'ht', 'american sign language': 'ase', asl: 'ase', karen: 'kar', castellano: 'es', portugese: 'pt', burmese: 'my' };
/** How files name a language: in the languages of the record systems met most, or in its own. */
let codes: ReadonlyMap<string, string> | undefined;

function languageNamed(cell: string): string | undefined {
  codes ??= new Map([...spokenLanguages.flatMap((code) => ['en', 'es', 'fr', 'de', code].map((reader) => [foldText(new Intl.DisplayNames([reader], { type: 'language' }).of(code) ?? code), code] as const)), ...Object.entries(OTHER_NAMES)]);
  const named = codes.get(foldText(cell)) ?? codes.get(foldText(cell.replace(/\s*[(;,].*$/, '')));
  return named ?? (/^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/i.test(cell) ? canonical(cell) : undefined);
}

/** "es-MX" of "ES_mx"; undefined for what Intl knows as no language. */
function canonical(code: string): string | undefined {
  try {
    const [tag] = Intl.getCanonicalLocales(code.replaceAll('_', '-'));
    return tag !== undefined && new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' }).of(tag) !== undefined ? tag : undefined;
  } catch {
    return undefined;
  }
}

function takeNumbers(draft: Draft, label: ContactNumber['label'], cell: string, rules: RowRules): ImportProblem | undefined {
  let problem: ImportProblem | undefined;
  // Google writes several into one cell; people write "or" between them.
  for (const written of cell.split(/\s*(?::::|;|\bor\b|\s\/\s)\s*/i)) {
    const number = readNumber(written, rules.country);
    if (number === undefined) problem = 'number-invalid';
    else if (!draft.numbers.some((known) => known.number === number)) draft.numbers.push({ number, label, health: 'unknown', lastReachedAt: null });
  }
  return problem;
}

function readNumber(written: string, country: string): E164 | undefined {
  // Excel turns 16125550123 into 1.61256E+10: what is lost cannot be guessed.
  if (/^\d(\.\d+)?E\+\d+$/i.test(written)) return undefined;
  const parsed = parsePhoneNumber(written.replace(/\.0$/, ''), country as CountryCode);
  if (parsed?.isPossible() !== true) return undefined;
  const number: string = parsed.number;
  return number as E164;
}

function splitName(cell: string): { givenName: string; familyName: string } {
  const comma = cell.indexOf(',');
  if (comma !== -1) return { familyName: cell.slice(0, comma).trim(), givenName: cell.slice(comma + 1).trim() };
  const space = cell.lastIndexOf(' ');
  return space === -1 ? { givenName: '', familyName: cell } : { givenName: cell.slice(0, space).trim(), familyName: cell.slice(space + 1) };
}

function readDate(cell: string, isMonthFirst: boolean): string | undefined {
  const iso = /^(\d{4})-?(\d{2})-?(\d{2})(T.*)?$/.exec(cell);
  if (iso !== null) return dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const written = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(cell);
  if (written === null) return undefined;
  const [first, second, year] = [Number(written[1]), Number(written[2]), Number(written[3])];
  return isMonthFirst && !cell.includes('.') ? dateOf(year, first, second) : dateOf(year, second, first);
}

function dateOf(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1880;
  return isReal ? date.toISOString().slice(0, 10) : undefined;
}

function finish(draft: Draft, problems: RowProblem[]): RowReading {
  if (draft.givenName === '' && draft.familyName === '' && draft.numbers.length === 0) return { details: undefined, problems: problems.length > 0 ? problems : [{ field: null, problem: 'no-name-and-no-number' }] };
  const parsed = contactDetailsSchema.safeParse({ ...draft, numbers: draft.numbers.slice(0, 10), tags: [...new Set(draft.tags)].slice(0, 20) });
  return parsed.success ? { details: parsed.data, problems } : { details: undefined, problems: [...problems, { field: null, problem: 'too-long' }] };
}
