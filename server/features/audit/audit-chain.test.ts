import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditDetailSchema, type AuditEntry } from '#contract/audit.ts';
import type { MemberId } from '#contract/ids.ts';
import { createChainVerifier, GENESIS_HASH, hashEntry, type ChainedEntry, type SignedCheckpoint } from './audit-chain.ts';
import { entryText } from './audit-entry-codec.ts';

const PRACTICE = '018f0000-0000-7000-8000-000000000001';
const MEMBER = '018f0000-0000-7000-8000-000000000002' as MemberId;

function chainOf(length: number): ChainedEntry[] {
  let previousHash = GENESIS_HASH;
  return Array.from({ length }, (_, index) => {
    const entry: AuditEntry = {
      seq: index + 1,
      at: new Date(1_700_000_000_000 + index * 1_000).toISOString(),
      actor: { kind: 'member', memberId: MEMBER },
      action: index % 2 === 0 ? 'call-started' : 'call-ended',
      subject: { kind: 'call', id: `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}` },
      detail: { turn: index },
    };
    const hash = hashEntry(PRACTICE, entry, previousHash);
    const chained = { ...entry, previousHash, hash };
    previousHash = hash;
    return chained;
  });
}

const checkpointAt = (chain: ChainedEntry[], seq: number, signature = 'good'): SignedCheckpoint => ({ practiceId: PRACTICE, seq, hash: chain[seq - 1]!.hash, at: '2026-01-01T00:00:00.000Z', signature });
const findingsOf = (chain: readonly ChainedEntry[], checkpoints: SignedCheckpoint[] = []): string[] => {
  const verifier = createChainVerifier(PRACTICE, checkpoints, (_text, signature) => signature === 'good');
  for (const entry of chain) verifier.add(entry);
  return verifier.finish().findings.map((finding) => finding.kind);
};

test('a chain nobody touched has no finding', () => {
  const chain = chainOf(50);
  expect(findingsOf(chain, [checkpointAt(chain, 20), checkpointAt(chain, 50)])).toEqual([]);
});

test('any one field of any one entry, changed, is found', () => {
  const change = fc.constantFrom<(entry: ChainedEntry) => ChainedEntry>(
    (entry) => ({ ...entry, at: new Date(Date.parse(entry.at) + 1).toISOString() }),
    (entry) => ({ ...entry, action: 'note-read' }),
    (entry) => ({ ...entry, actor: { kind: 'system' } }),
    (entry) => ({ ...entry, subject: null }),
    (entry) => ({ ...entry, detail: {} }),
    (entry) => ({ ...entry, detail: { ...entry.detail, more: true } }),
    (entry) => ({ ...entry, hash: 'f'.repeat(64) }),
    (entry) => ({ ...entry, previousHash: 'f'.repeat(64) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 29 }), change, (at, apply) => {
      expect(findingsOf(chainOf(30).map((entry, index) => (index === at ? apply(entry) : entry)))).not.toEqual([]);
    }),
  );
});

test('an entry taken out, two exchanged, the first or the last cut off: each is found by its name', () => {
  const chain = chainOf(30);
  expect(findingsOf(chain.toSpliced(10, 1))).toContain('missing');
  expect(findingsOf(chain.toSpliced(0, 1))).toContain('missing');
  expect(findingsOf(chain.with(10, chain[11]!).with(11, chain[10]!))).toContain('out-of-order');
  expect(findingsOf(chain.with(10, { ...chain[11]!, seq: 11 }).with(11, { ...chain[10]!, seq: 12 }))).toContain('altered');
  expect(findingsOf(chain.slice(0, 25), [checkpointAt(chain, 30)])).toEqual(['truncated']);
  expect(findingsOf([], [checkpointAt(chain, 30)])).toEqual(['truncated']);
});

test('a chain written anew from an altered entry on agrees with itself, and not with what was signed', () => {
  const chain = chainOf(30);
  const checkpoint = checkpointAt(chain, 20);
  let previousHash = GENESIS_HASH;
  const forged = chain.map((entry, index) => {
    const altered: AuditEntry = index === 5 ? { ...entry, action: 'note-read' } : entry;
    const again = { ...entry, ...altered, previousHash, hash: hashEntry(PRACTICE, altered, previousHash) };
    previousHash = again.hash;
    return again;
  });
  expect(findingsOf(forged)).toEqual([]);
  expect(findingsOf(forged, [checkpoint])).toEqual(['contradicts-checkpoint']);
  expect(findingsOf(forged, [checkpointAt(forged, 20, 'forged')])).toEqual(['forged-checkpoint']);
});

test('two different entries never have one text, whatever their fields hold', () => {
  const detail = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/u), fc.oneof(fc.stringMatching(/^[a-z][a-z0-9-]{0,4}$/u), fc.integer({ min: -99, max: 99 }), fc.boolean()), { maxKeys: 3 });
  const base = chainOf(1)[0]!;
  fc.assert(
    fc.property(detail, detail, (one, other) => {
      const isSame = entryText(PRACTICE, { ...base, detail: one }, GENESIS_HASH) === entryText(PRACTICE, { ...base, detail: other }, GENESIS_HASH);
      const sorted = (each: object): string => JSON.stringify(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
      expect(isSame).toBe(sorted(one) === sorted(other));
    }),
  );
});

test.each([{ name: 'Maria Lopez' }, { number: '+16125550123' }, { number: '6125550123' }, { number: 6_125_550_123 }, { text: 'biopsy result' }, { at: '2026-01-01' }, { nested: { a: 1 } }])('%o does not fit into an entry', (detail) => {
  expect(auditDetailSchema.safeParse(detail).success).toBe(false);
});
