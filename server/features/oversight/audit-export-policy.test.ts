import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditActionSchema, auditDetailSchema, auditSubjectSchema, type AuditEntry } from '#contract/audit.ts';
import { auditCsv, auditJsonLines } from './audit-export-policy.ts';

/** Whatever the contract lets into an entry, however it was meant: words with every sign, numbers below zero. */
const detail = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constantFrom('=1+1', '@cmd', '-2+3', '+1', '"', '\tx')));
const kind = fc.oneof(fc.constantFrom('call', 'line', '=cmd', '@x', '-y'), fc.string());
const ID = '018f0000-0000-7000-8000-000000000001';

test('no cell of the file begins with a sign that a spreadsheet takes for a formula, whatever an entry holds', () => {
  let admitted = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.constantFrom(...auditActionSchema.options), kind, detail, (seq, action, subjectKind, words) => {
      const subject = auditSubjectSchema.safeParse({ kind: subjectKind, id: ID });
      // What the schema passes over in silence (`__proto__`) is in no entry either.
      const parsed = Object.entries(words).filter(([name, value]) => Object.hasOwn(auditDetailSchema.safeParse({ [name]: value }).data ?? {}, name));
      admitted += parsed.length;
      const entry: AuditEntry = { seq, at: '2026-01-05T12:00:00.000Z', actor: { kind: 'member', memberId: ID as never }, action, subject: subject.success ? subject.data : null, detail: Object.fromEntries(parsed) };
      const [header, row, rest] = auditCsv([entry]).split('\r\n') as [string, string, string];
      expect(rest).toBe('');
      const cells = row.split(',');
      expect(cells).toHaveLength(header.split(',').length);
      for (const cell of cells) expect(cell).toMatch(/^(?:|[\w"].*)$/u);
      expect(cells.at(-1)).toMatch(/^"(?:[a-zA-Z][^"]*)?"$/u);
    }),
    { numRuns: 2_000 },
  );
  // Otherwise nothing above would have been tried.
  expect(admitted).toBeGreaterThan(100);
});

test('each line of the program\'s file is one entry, with its hashes', () => {
  const lines = auditJsonLines([{ seq: 2, hash: 'b', previousHash: 'a' }, { seq: 1, hash: 'a', previousHash: '0' }]);
  expect(lines.split('\n').slice(0, -1).map((line) => JSON.parse(line))).toEqual([{ seq: 2, hash: 'b', previousHash: 'a' }, { seq: 1, hash: 'a', previousHash: '0' }]);
});
