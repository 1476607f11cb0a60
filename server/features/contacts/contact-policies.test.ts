/** Searching, guessing columns, reading rows, finding and joining duplicates: the rules of contacts, without a database. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contactDetailsSchema, type ContactDetails } from '#contract/contacts.ts';
import { readCard, readRow, suggestMapping, type RowRules } from './contact-import-policy.ts';
import { foldText, inListOrder, searchEntryOf } from './contact-search-policy.ts';
import { exportCsv, exportVCards } from './contact-export-policy.ts';
import { findDuplicates, mergeDetails } from './duplicate-policy.ts';
import { changeRuns, searchRuns, type SearchRun } from './search-runs-policy.ts';

const details = (given: string, family: string, more: Record<string, unknown> = {}): ContactDetails => contactDetailsSchema.parse({ givenName: given, familyName: family, ...more });
const numbers = (...all: string[]) => ({ numbers: all.map((number) => ({ number, label: 'mobile' })) });

describe('searching', () => {
  const changed = (...change: Parameters<typeof changeRuns>): SearchRun[] => {
    const turns = changeRuns(...change);
    for (;;) {
      const turn = turns.next();
      if (turn.done === true) return turn.value;
    }
  };
  const people = [details('Rosalind', 'Achterberg', { ...numbers('+16125550140'), tags: ['Warfarin'] }), details('Jörg', 'Müller-Łukasz', numbers('+4930901820')), details('Walter', 'Okafor', numbers('+16125550151')), details('陈', '伟')];
  const runs = changed([], { removed: new Set(), added: people.map((person, index) => searchEntryOf(String(index), person, () => undefined)) });
  const found = (text: string, favourites: string[] = []): string => searchRuns(runs, { text, favourites: new Set(favourites), onlyFavourites: false, maySee: () => true }).map(({ id }) => id).join('');

  test.each([
    ['', '0123'],
    ['ros', '0'],
    ['achter ros', '0'],
    ['OKA', '2'],
    ['afor', ''],
    ['muller', '1'],
    ['lukasz jorg', '1'],
    ['warf', '0'],
    ['0151', '2'],
    ['(612) 555-01', '02'],
    ['+1 612', '02'],
    ['陈', '3'],
    ['ros okafor', ''],
    ['?', '0123'],
  ])('%j finds %j', (text, ids) => expect(found(text)).toBe(ids));

  test('favourites come first', () => expect(found('', ['2'])).toBe('2013'));

  test('whatever is typed, it answers', () => fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => found(text).length <= 4)));

  test('any changes leave the runs in order, and find whoever is there', () => {
    const names = fc.array(fc.record({ given: fc.constantFrom('Ana', 'Bo', 'Cy'), family: fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 6 }), isKept: fc.boolean() }), { maxLength: 1_500 });
    fc.assert(
      fc.property(fc.array(fc.record({ added: names, removesEvery: fc.integer({ min: 2, max: 9 }) }), { maxLength: 5 }), (changes) => {
        let [all, there, nextId] = [[] as SearchRun[], [] as ReturnType<typeof searchEntryOf>[], 0];
        for (const { added, removesEvery } of changes) {
          const entries = added.map(({ given, family, isKept }) => ({ ...searchEntryOf(String((nextId += 1)), details(given, family), () => undefined), keptTo: isKept ? ['somebody'] : [] }));
          const removed = new Set(there.filter((_, index) => index % removesEvery === 0));
          all = changed(all, { removed, added: entries });
          there = [...there.filter((entry) => !removed.has(entry)), ...entries].sort(inListOrder);
        }
        expect(all.flatMap(({ entries }) => entries)).toEqual(there);
        for (const text of ['', 'b', 'an aa', 'ab']) {
          const isFound = ({ words, keptTo }: (typeof there)[number]): boolean => keptTo.length === 0 && foldText(text).split(' ').every((word) => words.includes(` ${word}`));
          expect(searchRuns(all, { text, favourites: new Set(), onlyFavourites: false, maySee: () => false })).toEqual(there.filter(isFound));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('folding is stable', () => fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => foldText(foldText(text)) === foldText(text))));
});

describe('guessing columns', () => {
  test.each([
    ['an EHR', ['Patient Last Name', 'Patient First Name', 'DOB', 'MRN', 'Mobile Phone', 'Home Phone', 'Preferred Language', 'Interpreter'], ['familyName', 'givenName', 'birthDate', 'recordNumber', 'mobile', 'home', 'language', 'needsInterpreter']],
    ['Google', ['First Name', 'Middle Name', 'Last Name', 'Labels', 'E-mail 1 - Value', 'Phone 1 - Label', 'Phone 1 - Value'], ['givenName', null, 'familyName', 'tags', 'email', null, 'otherNumber']],
    ['Outlook', ['First Name', 'Last Name', 'E-mail Address', 'Home Phone', 'Mobile Phone', 'Business Phone', 'Business Fax', 'Home Street', 'Birthday'], ['givenName', 'familyName', 'email', 'home', 'mobile', 'work', null, null, 'birthDate']],
    ['Spanish', ['Nombre', 'Apellidos', 'Teléfono móvil', 'Correo electrónico', 'Fecha de nacimiento', 'Idioma'], ['givenName', 'familyName', 'mobile', 'email', 'birthDate', 'language']],
    ['a person', ['name', 'phone', 'phone', 'notes'], ['name', 'otherNumber', 'otherNumber', null]],
  ])('of %s', (_whose, headers, fields) => expect(suggestMapping(headers)).toEqual(fields));
});

describe('reading a row', () => {
  const rules: RowRules = { country: 'US', isTimeZone: (zone) => zone === 'America/Phoenix', isMonthFirst: true };

  test('numbers are read as the country writes them, dates in its order, names in either', () => {
    const { details: read, problems } = readRow(['Achterberg, Rosalind', '(612) 555-0140', '04/30/1961', 'Spanish', 'Y', 'America/Phoenix', 'a;b'], ['name', 'mobile', 'birthDate', 'language', 'needsInterpreter', 'timeZone', 'tags'], rules);
    expect(problems).toEqual([]);
    expect(read).toMatchObject({ givenName: 'Rosalind', familyName: 'Achterberg', numbers: [{ number: '+16125550140', label: 'mobile' }], birthDate: '1961-04-30', language: 'es', needsInterpreter: true, timeZone: 'America/Phoenix', tags: ['a', 'b'] });
  });

  test.each([
    ['Spanish', 'es'], ['español', 'es'], ['Vietnamese', 'vi'], ['Tiếng Việt', 'vi'], ['Mandarin', 'zh'], ['Haitian Creole', 'ht'], ['arabe', 'ar'], ['ES_mx', 'es-MX'], ['hmn', 'hmn'], ['Spanish; needs help', 'es'],
  ] as const)('the language %j is %s', (cell, language) => expect(readRow(['Lee', cell], ['name', 'language'], rules)).toMatchObject({ details: { language }, problems: [] }));

  test('a language that is none is said, and so is a consent in neither word', () => {
    expect(readRow(['Lee', 'Klingonish', 'maybe'], ['name', 'language', 'textConsent'], rules)).toMatchObject({ details: { language: null, textConsent: { state: 'unknown' } }, problems: [{ field: 'language', problem: 'language-unknown' }, { field: 'textConsent', problem: 'consent-unknown' }] });
  });

  test.each([['withdrawn', 'withdrawn'], ['No', 'withdrawn'], ['opted out', 'withdrawn'], ['given', 'given'], ['Y', 'given'], ['unknown', 'unknown']] as const)('the consent %j is %s', (cell, state) =>
    expect(readRow(['Lee', cell], ['name', 'textConsent'], rules)).toMatchObject({ details: { textConsent: { state } }, problems: [] }));

  test('what cannot be read is said by field and left out, and the rest is kept', () => {
    const { details: read, problems } = readRow(['Ann Lee', '12', '31/31/1961', 'no mail', '1.61256E+10', 'Mars/Base'], ['name', 'mobile', 'birthDate', 'email', 'work', 'timeZone'], rules);
    expect(read).toMatchObject({ givenName: 'Ann', familyName: 'Lee', numbers: [], birthDate: null, email: null });
    expect(problems).toEqual([
      { field: 'mobile', problem: 'number-invalid' },
      { field: 'birthDate', problem: 'birth-date-invalid' },
      { field: 'email', problem: 'email-invalid' },
      { field: 'work', problem: 'number-invalid' },
      { field: 'timeZone', problem: 'time-zone-unknown' },
    ]);
  });

  test('a row of nobody is no contact', () => expect(readRow(['', 'x@y.zz'], ['name', 'email'], rules)).toEqual({ details: undefined, problems: [{ field: null, problem: 'no-name-and-no-number' }] }));

  test('a name too long to be one is refused rather than cut', () => expect(readRow(['x'.repeat(200)], ['familyName'], rules).problems).toEqual([{ field: null, problem: 'too-long' }]));

  test('a disarmed formula is read as it was', () => expect(readRow(["'=Ann", '+16125550140'], ['familyName', 'mobile'], rules).details).toMatchObject({ familyName: '=Ann', numbers: [{ number: '+16125550140' }] }));

  test('several numbers in one cell are several numbers', () =>
    expect(readRow(['Lee', '612-555-0101 ::: 612-555-0102', '612 555 0101'], ['name', 'mobile', 'home'], rules).details?.numbers.map(({ number }) => number)).toEqual(['+16125550101', '+16125550102']));

  test('whatever stands in a row, it is read or refused', () => {
    const field = fc.constantFrom('name', 'givenName', 'mobile', 'birthDate', 'email', 'language', 'needsInterpreter', 'timeZone', 'textConsent', 'tags', null);
    fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(field as fc.Arbitrary<'name' | null>), (cells, mapping) => void readRow(cells, mapping, rules)));
  });

  test('of a card, the preferred number comes first', () => {
    const card = { givenName: '', familyName: '', fullName: 'Walter Okafor', numbers: [{ value: '612-555-0101', label: 'home', isPreferred: false } as const, { value: '612-555-0102', label: 'mobile', isPreferred: true } as const], email: null, language: null, birthday: '19480229', categories: ['x'] };
    expect(readCard(card, rules).details).toMatchObject({ givenName: 'Walter', familyName: 'Okafor', numbers: [{ number: '+16125550102' }, { number: '+16125550101' }], birthDate: '1948-02-29', tags: ['x'] });
  });
});

/** What work comes to, and in how many turns. */
function inOneGo<Done>(work: Generator<undefined, Done, undefined>): { readonly done: Done; readonly turns: number } {
  for (let turns = 1; ; turns += 1) {
    const step = work.next();
    if (step.done === true) return { done: step.value, turns };
  }
}

describe('duplicates', () => {
  const found = (...people: ContactDetails[]) => inOneGo(findDuplicates(people.map((person, index) => ({ id: String(index), details: person })))).done;

  test('the same name and number are one person, whichever name stands first', () => {
    expect(found(details('Ann', 'Lee', numbers('+16125550101')), details('Lee', 'Ann', numbers('+16125550101', '+16125550102')))).toEqual([{ ids: ['0', '1'], because: expect.arrayContaining(['same-name', 'same-number']) }]);
  });

  test('a family with one telephone, and two people of one name, are left alone', () => {
    expect(found(details('Ann', 'Lee', numbers('+16125550101')), details('Bob', 'Lee', numbers('+16125550101')))).toEqual([]);
    expect(found(details('Ann', 'Lee', numbers('+16125550101')), details('Ann', 'Lee', numbers('+16125550102')))).toEqual([]);
  });

  test('whom somebody has told apart are never offered as one, not by way of a third either', () => {
    const one = details('Ann', 'Lee', { ...numbers('+16125550101'), birthDate: '1970-01-01' });
    const three = ['0', '1', '2'].map((id) => ({ id, details: one }));
    const apart = (...told: readonly string[]) => inOneGo(findDuplicates(three, (a, b) => told.includes([a, b].sort().join(' ')))).done.map(({ ids }) => [...ids].sort());
    expect(apart()).toEqual([['0', '1', '2']]);
    expect(apart('0 1')).toSatisfy(([set, ...others]: string[][]) => set!.length === 2 && set!.includes('2') && others.length === 0);
    expect(apart('0 1', '0 2', '1 2')).toEqual([]);
  });

  test("a switchboard shared by hundreds does not pair them", () => {
    expect(found(...Array.from({ length: 300 }, (_, index) => details(`P${index}`, 'Home', { ...numbers('+16125550100'), email: 'desk@example.com', birthDate: '1940-01-01' })))).toEqual([]);
  });

  test('ten thousand are compared without comparing each with each', () => {
    const people = Array.from({ length: 10_000 }, (_, index) => details(`Given${index % 5_000}`, `Family${index % 5_000}`, numbers(`+1612${5_550_000 + (index % 5_000)}`)));
    expect(found(...people)).toHaveLength(5_000);
  });

  test('long work on contacts pauses often: a call on the same server is heard meanwhile', () => {
    const people = Array.from({ length: 10_000 }, (_, index) => details(`Given${index}`, 'Lee', { ...numbers(`+1612${5_550_000 + (index % 5_000)}`), birthDate: '1940-01-01' }));
    expect(inOneGo(findDuplicates(people.map((person, index) => ({ id: String(index), details: person })))).turns).toBeGreaterThan(50);
    for (const pieces of [exportCsv(people), exportVCards(people)]) expect([...pieces].length).toBeGreaterThan(50);
    const entries = people.map((person, index) => searchEntryOf(String(index), person, () => undefined));
    const all = inOneGo(changeRuns([], { removed: new Set(), added: entries }));
    const [one] = inOneGo(changeRuns([], { removed: new Set(), added: [entries[0]!] })).done;
    for (const { turns } of [all, inOneGo(changeRuns([one!], { removed: new Set(), added: entries.slice(1) })), inOneGo(changeRuns(all.done, { removed: new Set(entries), added: [] }))]) expect(turns).toBeGreaterThan(9);
  });

  test('merging loses no number and no tag, and a withdrawn consent stays withdrawn', () => {
    const merged = mergeDetails(details('Ann', '', { ...numbers('+16125550101'), tags: ['a'], textConsent: { state: 'given', at: null } }), [
      details('Annie', 'Lee', { numbers: [{ number: '+16125550101', label: 'home', health: 'wrong' }, { number: '+16125550102', label: 'work' }], tags: ['b'], textConsent: { state: 'withdrawn', at: null }, language: 'es' }),
    ]);
    expect(merged).toMatchObject({ givenName: 'Ann', familyName: 'Lee', language: 'es', tags: ['a', 'b'], textConsent: { state: 'withdrawn' }, numbers: [{ number: '+16125550101', label: 'mobile', health: 'wrong' }, { number: '+16125550102' }] });
  });
});
