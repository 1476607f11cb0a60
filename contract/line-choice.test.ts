import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LineId } from './ids.ts';
import { chooseLine, type LineChoiceFacts } from './line-choice.ts';

interface Line {
  readonly id: LineId;
  readonly isDefault: boolean;
}
const line = (id: string, isDefault = false): Line => ({ id: id as LineId, isDefault });
const lines = [line('clinic', true), line('procedures'), line('nurses')];
const chosen = (facts: Partial<LineChoiceFacts<Line>>): string => {
  const choice = chooseLine({ lines, mayShow: null, requestedId: null, ofContacts: [], ofMember: null, ...facts });
  return choice === null ? 'none' : `${choice.line.id} by ${choice.by}`;
};
const id = (name: string): LineId => name as LineId;

describe('the line of a call', () => {
  test.each([
    ['is the one chosen by hand before any other', { requestedId: id('nurses'), ofContacts: [id('procedures')], ofMember: id('clinic') }, 'nurses by hand'],
    ['is never another one in place of the one asked for', { requestedId: id('gone'), ofContacts: [id('procedures')] }, 'none'],
    ['is the contact\'s before the member\'s', { ofContacts: [id('procedures')], ofMember: id('nurses') }, 'procedures by contact'],
    ['is the member\'s before the practice\'s', { ofContacts: [null], ofMember: id('nurses') }, 'nurses by member'],
    ['is the practice\'s where nobody says otherwise', {}, 'clinic by practice'],
    ['passes over a contact\'s that is no longer proven', { ofContacts: [id('gone')], ofMember: id('nurses') }, 'nurses by member'],
    ['passes over a member\'s that is no longer proven', { ofMember: id('gone') }, 'clinic by practice'],
    ['is the contacts\' own where two of one number agree', { ofContacts: [id('nurses'), id('nurses')] }, 'nurses by contact'],
    ['is neither\'s where they do not', { ofContacts: [id('nurses'), id('procedures')], ofMember: null }, 'clinic by practice'],
    ['is neither\'s where only one of two has one', { ofContacts: [null, id('procedures')] }, 'clinic by practice'],
    ['is any there is where the practice has no default', { lines: [line('nurses')] }, 'nurses by practice'],
    ['is one that the caller may show, where the practice\'s own is not', { mayShow: [id('nurses')] }, 'nurses by practice'],
    ['is not the contact\'s where the caller may not show it', { mayShow: [id('clinic'), id('nurses')], ofContacts: [id('procedures')], ofMember: id('nurses') }, 'nurses by member'],
    ['is not the member\'s own where an admin has taken it from them', { mayShow: [id('clinic')], ofMember: id('nurses') }, 'clinic by practice'],
    ['is none in place of one by hand that the caller may not show', { mayShow: [id('clinic')], requestedId: id('nurses') }, 'none'],
    ['is none where the only ones the caller may show are no longer proven', { mayShow: [id('gone')], ofMember: id('clinic') }, 'none'],
    ['is none where none is proven', { lines: [], ofContacts: [id('clinic')], ofMember: id('clinic') }, 'none'],
  ] as const)('%s', (_name, facts, expected) => expect(chosen(facts)).toBe(expected));

  test('is one of the proven lines that the caller may show, whatever is asked for, wished and stored', () => {
    const anyId = fc.constantFrom('clinic', 'procedures', 'nurses', 'gone', 'other').map(id);
    const anyFacts = fc.record({
      lines: fc.uniqueArray(fc.record({ id: anyId, isDefault: fc.boolean() }), { selector: (each) => each.id, maxLength: 4 }),
      mayShow: fc.option(fc.uniqueArray(anyId, { maxLength: 4 })),
      requestedId: fc.option(anyId),
      ofContacts: fc.array(fc.option(anyId), { maxLength: 3 }),
      ofMember: fc.option(anyId),
    });
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const choice = chooseLine(facts);
        const showable = facts.lines.filter((each) => facts.mayShow?.includes(each.id) ?? true);
        if (choice === null) return showable.length === 0 || (facts.requestedId !== null && showable.every((each) => each.id !== facts.requestedId));
        return showable.includes(choice.line) && (facts.requestedId === null || choice.line.id === facts.requestedId);
      }),
      { numRuns: 20_000 },
    );
  });
});
