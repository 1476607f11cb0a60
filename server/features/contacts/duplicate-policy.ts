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

/** Whether somebody has said of two contacts that they are two people. */
export type AreApart = (one: string, other: string) => boolean;

/** Contacts, or pairs of them, looked at between two pauses: some milliseconds. */
const A_TURN = 200;

const REASONS = Object.keys(WEIGHTS) as DuplicateReason[];

/**
 * Sets of two to ten, surest first, in none of which two are who were told apart. Compares only contacts that share something, so that 10,000 take some tenths of a
 * second in all, and pauses on the way: a call's audio must not wait for it.
 */
export function* findDuplicates(contacts: ReadonlyArray<{ readonly id: string; readonly details: ContactDetails }>, areApart: AreApart = () => false): Generator<undefined, DuplicateSet[], undefined> {
  const sharing = REASONS.map(() => new Map<string, number[]>());
  for (const [index, { details }] of contacts.entries()) {
    if (index % A_TURN === A_TURN - 1) yield;
    for (const [reason, value] of traitsOf(details)) {
      const having = sharing[REASONS.indexOf(reason)]!;
      const indexes = having.get(value);
      if (indexes === undefined) having.set(value, [index]);
      else indexes.push(index);
    }
  }

  // By pair, as one number; what they share, as one bit a reason: of many contacts most pairs share too little, and a set for each would cost more than all else.
  const pairs = new Map<number, number>();
  let sinceYield = 0;
  for (const [reason, having] of sharing.entries()) {
    for (const indexes of having.values()) {
      sinceYield += 1;
      if (indexes.length < 2 || indexes.length > MOST_SHARING) continue;
      for (let a = 0; a < indexes.length; a += 1) {
        for (let b = a + 1; b < indexes.length; b += 1) {
          if (indexes[a] === indexes[b]) continue;
          sinceYield += 1;
          const pair = indexes[a]! * contacts.length + indexes[b]!;
          pairs.set(pair, (pairs.get(pair) ?? 0) | (1 << reason));
        }
      }
      if (sinceYield < A_TURN * 10) continue;
      sinceYield = 0;
      yield;
    }
  }

  const sure: SurePair[] = [];
  for (const [pair, bits] of pairs) {
    if ((sinceYield += 1) % (A_TURN * 10) === 0) yield;
    const because = REASONS.filter((_reason, index) => (bits & (1 << index)) !== 0);
    const weight = because.reduce((sum, reason) => sum + WEIGHTS[reason], 0);
    const indexes = [Math.floor(pair / contacts.length), pair % contacts.length] as const;
    if (weight >= ENOUGH && !areApart(contacts[indexes[0]]!.id, contacts[indexes[1]]!.id)) sure.push({ indexes, because, weight });
  }
  return joinPairs(contacts, sure.sort((a, b) => b.weight - a.weight), areApart);
}

interface SurePair {
  readonly indexes: readonly [number, number];
  readonly because: readonly DuplicateReason[];
  readonly weight: number;
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

function joinPairs(contacts: ReadonlyArray<{ readonly id: string }>, sure: readonly SurePair[], areApart: AreApart): DuplicateSet[] {
  const setOf = new Map<number, { members: Set<number>; because: Set<DuplicateReason>; weight: number }>();
  for (const { indexes, because, weight } of sure) {
    const joined = setOf.get(indexes[0]) ?? setOf.get(indexes[1]) ?? { members: new Set<number>(), because: new Set<DuplicateReason>(), weight };
    if (joined.members.size >= 10) continue;
    for (const index of indexes) {
      // Already in another set: it is shown there first, and here again once that one is dealt with.
      if (setOf.has(index) && setOf.get(index) !== joined) continue;
      // Like one of them, and told apart from another: they are never offered as one.
      if ([...joined.members].some((member) => areApart(contacts[member]!.id, contacts[index]!.id))) continue;
      joined.members.add(index);
      setOf.set(index, joined);
    }
    for (const reason of because) joined.because.add(reason);
  }
  return [...new Set(setOf.values())].filter(({ members }) => members.size > 1).sort((a, b) => b.weight - a.weight).map(({ members, because }) => ({ ids: [...members].map((index) => contacts[index]!.id), because: [...because] }));
}
