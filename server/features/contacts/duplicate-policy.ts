/** Which contacts look like one person, why, and what remains when they are made one. Pure. Merges nothing by itself. */
import type { ContactDetails, ContactNumber } from '#contract/contacts.ts';
import { foldText } from './contact-search-policy.ts';

export type DuplicateReason = 'same-number' | 'same-name' | 'same-birth-date' | 'same-email' | 'same-record-number';

export interface DuplicateSet {
  readonly ids: readonly string[];
  readonly because: readonly DuplicateReason[];
}

/** A family shares a telephone, and two people a name: one of these alone is not enough. */
const WEIGHTS: Readonly<Record<DuplicateReason, number>> = { 'same-record-number': 4, 'same-name': 2, 'same-number': 2, 'same-birth-date': 2, 'same-email': 1 };
const ENOUGH = 4;

/** What more contacts than this share (the switchboard of a nursing home) says nothing about any two of them. */
const MOST_SHARING = 30;

/** Sets of two to ten, surest first. Compares only contacts that share something, so that 10,000 take some tens of milliseconds. */
export function findDuplicates(contacts: ReadonlyArray<{ readonly id: string; readonly details: ContactDetails }>): DuplicateSet[] {
  const byTrait = new Map<string, number[]>();
  contacts.forEach(({ details }, index) => {
    for (const [reason, value] of traitsOf(details)) {
      const trait = `${reason} ${value}`;
      const sharing = byTrait.get(trait);
      if (sharing === undefined) byTrait.set(trait, [index]);
      else sharing.push(index);
    }
  });

  const pairs = new Map<string, Set<DuplicateReason>>();
  for (const [trait, indexes] of byTrait) {
    if (indexes.length < 2 || indexes.length > MOST_SHARING) continue;
    const reason = trait.slice(0, trait.indexOf(' ')) as DuplicateReason;
    for (let a = 0; a < indexes.length; a += 1) {
      for (let b = a + 1; b < indexes.length; b += 1) {
        if (indexes[a] === indexes[b]) continue;
        const pair = `${indexes[a]!} ${indexes[b]!}`;
        pairs.set(pair, (pairs.get(pair) ?? new Set<DuplicateReason>()).add(reason));
      }
    }
  }
  return joinPairs(contacts, pairs);
}

/** The details of the contact that is kept, filled from the others: nothing that only one of them knew is lost, and a withdrawn consent stays withdrawn. */
export function mergeDetails(kept: ContactDetails, others: readonly ContactDetails[]): ContactDetails {
  return others.reduce((merged, other) => mergeTwo(merged, other), kept);
}

/** What was kept to some is never opened to all by being joined. */
function mergeKept(kept: ContactDetails['keptTo'], other: ContactDetails['keptTo']): ContactDetails['keptTo'] {
  return [...new Set([...kept, ...other])].slice(0, 20);
}

function mergeTwo(kept: ContactDetails, other: ContactDetails): ContactDetails {
  const numbers = new Map<string, ContactNumber>(kept.numbers.map((entry) => [entry.number, entry]));
  for (const entry of other.numbers) {
    const known = numbers.get(entry.number);
    if (known === undefined) numbers.set(entry.number, entry);
    else if (known.health === 'unknown' || (entry.lastReachedAt ?? '') > (known.lastReachedAt ?? '')) numbers.set(entry.number, { ...known, health: entry.health === 'unknown' ? known.health : entry.health, lastReachedAt: latest(known.lastReachedAt, entry.lastReachedAt) });
  }
  return {
    givenName: kept.givenName || other.givenName,
    familyName: kept.familyName || other.familyName,
    numbers: [...numbers.values()].slice(0, 10),
    email: kept.email ?? other.email,
    birthDate: kept.birthDate ?? other.birthDate,
    recordNumber: kept.recordNumber ?? other.recordNumber,
    language: kept.language ?? other.language,
    needsInterpreter: kept.needsInterpreter || other.needsInterpreter,
    timeZone: kept.timeZone ?? other.timeZone,
    textConsent: mergeConsent(kept.textConsent, other.textConsent),
    preferredTimes: kept.preferredTimes.length > 0 ? kept.preferredTimes : other.preferredTimes,
    tags: [...new Set([...kept.tags, ...other.tags])].slice(0, 20),
    groupIds: [...new Set([...kept.groupIds, ...other.groupIds])].slice(0, 20),
    lineId: kept.lineId ?? other.lineId,
    keptTo: mergeKept(kept.keptTo, other.keptTo),
  };
}

function mergeConsent(a: ContactDetails['textConsent'], b: ContactDetails['textConsent']): ContactDetails['textConsent'] {
  if (a.state === 'withdrawn' || b.state === 'withdrawn') return a.state === 'withdrawn' ? a : b;
  return a.state === 'unknown' ? b : a;
}

function latest(a: string | null, b: string | null): string | null {
  return (a ?? '') >= (b ?? '') ? a : b;
}

function* traitsOf(details: ContactDetails): Generator<[DuplicateReason, string]> {
  const name = foldText(`${details.givenName} ${details.familyName}`);
  // "Lee, Ann" and "Ann Lee" are one name.
  if (name.includes(' ')) yield ['same-name', name.split(' ').sort().join(' ')];
  for (const number of new Set(details.numbers.map((entry) => entry.number))) yield ['same-number', number];
  if (details.birthDate !== null) yield ['same-birth-date', details.birthDate];
  if (details.email !== null && details.email !== '') yield ['same-email', details.email.toLowerCase()];
  if (details.recordNumber !== null && details.recordNumber !== '') yield ['same-record-number', foldText(details.recordNumber)];
}

function joinPairs(contacts: ReadonlyArray<{ readonly id: string }>, pairs: ReadonlyMap<string, ReadonlySet<DuplicateReason>>): DuplicateSet[] {
  const setOf = new Map<number, { members: Set<number>; because: Set<DuplicateReason>; weight: number }>();
  const sure = [...pairs]
    .map(([pair, reasons]) => ({ pair: pair.split(' ').map(Number) as [number, number], reasons, weight: [...reasons].reduce((sum, reason) => sum + WEIGHTS[reason], 0) }))
    .filter(({ weight }) => weight >= ENOUGH)
    .sort((a, b) => b.weight - a.weight);
  for (const { pair, reasons, weight } of sure) {
    const joined = setOf.get(pair[0]) ?? setOf.get(pair[1]) ?? { members: new Set<number>(), because: new Set<DuplicateReason>(), weight };
    if (joined.members.size >= 10) continue;
    for (const index of pair) {
      // Already in another set: it is shown there first, and here again once that one is dealt with.
      if (setOf.has(index) && setOf.get(index) !== joined) continue;
      joined.members.add(index);
      setOf.set(index, joined);
    }
    for (const reason of reasons) joined.because.add(reason);
  }
  return [...new Set(setOf.values())].filter(({ members }) => members.size > 1).sort((a, b) => b.weight - a.weight).map(({ members, because }) => ({ ids: [...members].map((index) => contacts[index]!.id), because: [...because] }));
}
