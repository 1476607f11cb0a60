/** Notes in a real database with real key files: saved once, merged, unreadable on time, gone without trace. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import type { CallId } from '#contract/ids.ts';
import type { NoteView, SaveNote } from '#contract/notes.ts';
import { inPractice } from '#server/platform/storage/database.ts';
import { createTestDatabase, type TestDatabase } from '#server/platform/storage/test-database.ts';
import { sweepNotes, type SweepStep } from './destruction-sweep.ts';
import type { NoteReader } from './notes.ts';
import { endCall, openNotesUnderTest, seedCall, seedPractice, type NotesUnderTest } from './notes-under-test.ts';
import { decodeReceipt } from './purge-receipt-codec.ts';
import { isSignedBy } from './receipt-signature.ts';
import { RETENTION_MS } from './retention-policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let store: TestDatabase;
let reader: NoteReader & { lineId: string };
let it: NotesUnderTest;

beforeAll(async () => void (store = await createTestDatabase()));
afterAll(() => store.drop());
beforeEach(async () => {
  reader = await seedPractice(store.database);
  it = openNotesUnderTest(store.database);
});
afterEach(async () => {
  await inPractice(store.database, reader.practiceId, (transaction) => sql`delete from note`.execute(transaction));
  it.remove();
});

const saveOf = (callId: string, text: string, more: Partial<SaveNote> = {}): SaveNote => ({ callId: callId as CallId, operationId: randomUUID(), baseRevision: 0, baseText: '', text, ...more });

async function savedText(callId: string, text: string, more: Partial<SaveNote> = {}): Promise<NoteView & { state: 'kept' }> {
  const saved = await it.notes.save(reader, saveOf(callId, text, more));
  if (!saved.ok || saved.value.note.state !== 'kept') throw new Error(`not kept: ${JSON.stringify(saved)}`);
  return saved.value.note;
}

const stateOf = async (callId: string, by: NotesUnderTest = it): Promise<string> => {
  const read = await by.notes.read(reader, callId);
  return read.ok ? read.value.state : read.refusal;
};

/** A call that ended just now, with its note. */
async function endedCallWithNote(text = 'Told her the result.'): Promise<string> {
  const callId = await seedCall(store.database, reader, it.nowMs() - 60_000, it.nowMs());
  await savedText(callId, text);
  return callId;
}

describe('saving', () => {
  test('what was saved is what is read, with the exact instant of its end', async () => {
    const callId = await endedCallWithNote('Told her the result.');
    const read = await it.notes.read(reader, callId);
    expect(read).toMatchObject({ ok: true, value: { state: 'kept', text: 'Told her the result.', revision: 1, isEndFinal: true, destroyedAt: new Date(it.nowMs() + RETENTION_MS).toISOString() } });
  });

  test('a save that arrives twice, or many times at once, is applied once', async () => {
    const callId = await seedCall(store.database, reader, it.nowMs());
    const save = saveOf(callId, 'Told her.');
    const saved = await Promise.all(Array.from({ length: 6 }, () => it.notes.save(reader, save)));
    const outcomes = saved.map((one) => one.ok && one.value.outcome);
    expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'already-saved')).toHaveLength(5);
    expect(saved.every((one) => one.ok && one.value.note.state === 'kept' && one.value.note.revision === 1)).toBe(true);
  });

  test('a save that comes again after others is not applied over them', async () => {
    const callId = await seedCall(store.database, reader, it.nowMs());
    const first = saveOf(callId, 'one');
    await it.notes.save(reader, first);
    await savedText(callId, 'one two', { baseRevision: 1, baseText: 'one' });
    expect(await it.notes.save(reader, first)).toMatchObject({ ok: true, value: { outcome: 'already-saved', note: { text: 'one two', revision: 2 } } });
  });

  test('two devices that wrote at different places are merged; at the same words both versions stand', async () => {
    const callId = await seedCall(store.database, reader, it.nowMs());
    await savedText(callId, 'Result told. Calls back.');
    await savedText(callId, 'Benign result told. Calls back.', { baseRevision: 1, baseText: 'Result told. Calls back.' });
    const apart = await it.notes.save(reader, saveOf(callId, 'Result told. Calls back Tuesday.', { baseRevision: 1, baseText: 'Result told. Calls back.' }));
    expect(apart).toMatchObject({ ok: true, value: { outcome: 'merged', note: { text: 'Benign result told. Calls back Tuesday.', revision: 3 } } });
    const same = await it.notes.save(reader, saveOf(callId, 'Malignant result told. Calls back.', { baseRevision: 2, baseText: 'Benign result told. Calls back.' }));
    expect(same.ok && same.value.note.state === 'kept' && same.value.note.text).toMatch(/Malignant result.*Tuesday/s);
  });

  test('forty saves from two devices at once lose no word', async () => {
    const callId = await seedCall(store.database, reader, it.nowMs());
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => it.notes.save(reader, saveOf(callId, `word${index}.`))),
    );
    const read = await it.notes.read(reader, callId);
    const text = read.ok && read.value.state === 'kept' ? read.value.text : '';
    expect(Array.from({ length: 40 }, (_, index) => text.includes(`word${index}.`)).every(Boolean)).toBe(true);
  });

  test('another practice, another member, another call find nothing', async () => {
    const callId = await endedCallWithNote();
    const other = await seedPractice(store.database);
    expect(await it.notes.read(other, callId)).toEqual({ ok: false, refusal: 'call-not-found' });
    expect(await it.notes.read({ ...reader, memberId: other.memberId }, callId)).toEqual({ ok: false, refusal: 'call-not-found' });
    expect(await it.notes.save(other, saveOf(callId, 'x'))).toEqual({ ok: false, refusal: 'call-not-found' });
  });
});

describe('the end', () => {
  test('is settled when the call ends, and no edit afterwards moves it', async () => {
    const callId = await seedCall(store.database, reader, it.nowMs());
    await savedText(callId, 'during');
    it.pass(10 * 60_000);
    const endedAtMs = it.nowMs();
    await endCall(store.database, reader.practiceId, callId, endedAtMs);
    await it.notes.settle(reader.practiceId, callId);
    await it.notes.settle(reader.practiceId, callId);
    for (let day = 0; day < 7; day += 1) {
      it.pass(DAY_MS);
      const note = await savedText(callId, `day ${day}`, { baseRevision: day + 1, baseText: day === 0 ? 'during' : `day ${day - 1}` });
      expect(note.destroyedAt).toBe(new Date(endedAtMs + RETENTION_MS).toISOString());
    }
  });

  test('a save after it is refused, and so is a first note on a call of long ago', async () => {
    const callId = await endedCallWithNote();
    it.pass(RETENTION_MS);
    expect(await it.notes.save(reader, saveOf(callId, 'late', { baseRevision: 1 }))).toEqual({ ok: false, refusal: 'note-destroyed' });
    const old = await seedCall(store.database, reader, it.nowMs() - 9 * DAY_MS, it.nowMs() - RETENTION_MS);
    expect(await it.notes.save(reader, saveOf(old, 'late'))).toEqual({ ok: false, refusal: 'note-destroyed' });
  });

  test('with the job dead, the note is readable a millisecond before its instant and not at it', async () => {
    const callId = await endedCallWithNote();
    it.pass(RETENTION_MS - 1);
    expect(await stateOf(callId)).toBe('kept');
    it.pass(1);
    expect(await stateOf(callId)).toBe('destroyed');
    expect(await stateOf(callId, it.restart())).toBe('destroyed');
  });

  test('putting its end off in the database, or in another row, does not open it', async () => {
    const callId = await endedCallWithNote();
    const put = (statement: ReturnType<typeof sql>): Promise<unknown> => inPractice(store.database, reader.practiceId, (transaction) => statement.execute(transaction));
    await put(sql`update note set ends_at = ends_at + interval '1 day' where call_id = ${callId}`);
    await expect(it.notes.read(reader, callId)).rejects.toThrow(/altered-or-moved/);
    await put(sql`update note set ends_at = ends_at - interval '1 day' where call_id = ${callId}`);
    expect(await stateOf(callId)).toBe('kept');
    const other = await endedCallWithNote('Other.');
    await put(sql`update note set text_sealed = (select text_sealed from note where call_id = ${other}) where call_id = ${callId}`);
    await expect(it.notes.read(reader, callId)).rejects.toThrow(/altered-or-moved/);
  });

  test('a day before, it asks for its copy, until it was copied or changed again', async () => {
    const callId = await endedCallWithNote();
    expect(await it.notes.listEnding(reader)).toEqual([]);
    it.pass(RETENTION_MS - DAY_MS);
    expect(await it.notes.listEnding(reader)).toMatchObject([{ callId, askToCopyAt: new Date(it.nowMs()).toISOString() }]);
    await it.notes.markCopied(reader, callId, 1);
    expect(await it.notes.listEnding(reader)).toEqual([]);
    await savedText(callId, 'More.', { baseRevision: 1, baseText: 'Told her the result.' });
    expect(await it.notes.listEnding(reader)).toHaveLength(1);
  });

  test('copied on one device while another adds to it, it asks again: the new words were not copied', async () => {
    const callId = await endedCallWithNote();
    it.pass(RETENTION_MS - DAY_MS);
    await savedText(callId, 'More.', { baseRevision: 1, baseText: 'Told her the result.' });
    expect(await it.notes.markCopied(reader, callId, 1)).toMatchObject({ ok: true, value: { revision: 2, copiedAt: null } });
    expect(await it.notes.listEnding(reader)).toHaveLength(1);
    expect(await it.notes.markCopied(reader, callId, 2)).toMatchObject({ ok: true, value: { copiedAt: expect.any(String) as string } });
  });
});

describe('clock jumps', () => {
  test('ahead: hidden at once, nothing destroyed, and there again when it is put right', async () => {
    const callId = await endedCallWithNote();
    for (const aheadMs of [9 * DAY_MS, 365 * DAY_MS, 20 * 365 * DAY_MS]) {
      it.setWallError(aheadMs);
      expect(await stateOf(callId)).toBe('destroyed');
      expect(await sweepNotes(it.sweepOptions())).toEqual({ keys: 0, notes: 0 });
      it.pass(HOUR_MS);
      expect(await sweepNotes(it.sweepOptions())).toEqual({ keys: 0, notes: 0 });
      it.setWallError(0);
      expect(await stateOf(callId)).toBe('kept');
    }
  });

  test('back: unreadable on time and destroyed within the hour all the same, a restart of the server included', async () => {
    const callId = await endedCallWithNote();
    it.setWallError(-2 * 365 * DAY_MS);
    it.pass(RETENTION_MS);
    const restarted = it.restart();
    expect(await stateOf(callId, restarted)).toBe('destroyed');
    it.pass(HOUR_MS + 60_000);
    expect(await sweepNotes(restarted.sweepOptions())).toEqual({ keys: 1, notes: 1 });
  });
});

describe('the job', () => {
  test('destroys keys and rows within the hour after, and leaves a slip with a receipt that anyone with the key can verify', async () => {
    const callIds = [await endedCallWithNote(), await endedCallWithNote()];
    it.pass(RETENTION_MS + HOUR_MS + 60_000);
    expect(await sweepNotes(it.sweepOptions())).toEqual({ keys: 1, notes: 2 });
    expect(it.keys.list()).toEqual([]);
    const [receipt] = await it.notes.listReceipts(reader, 10);
    expect(decodeReceipt(receipt!.body)).toMatchObject({ practiceId: reader.practiceId, reason: 'expired', isKeyDestroyed: true, notes: 2 });
    expect(isSignedBy(receipt!.publicKey, receipt!.body, Buffer.from(receipt!.signature, 'base64url'))).toBe(true);
    expect(isSignedBy(receipt!.publicKey, receipt!.body.replace('"notes":2', '"notes":1'), Buffer.from(receipt!.signature, 'base64url'))).toBe(false);
    expect(await it.notes.read(reader, callIds[0]!)).toMatchObject({ ok: true, value: { state: 'destroyed', receiptId: receipt!.id } });
    expect(await sweepNotes(it.sweepOptions())).toEqual({ keys: 0, notes: 0 });
  });

  test('settles the notes of calls whose end nobody told it of', async () => {
    const callId = await seedCall(store.database, reader, it.nowMs());
    await savedText(callId, 'during');
    it.pass(HOUR_MS);
    const endedAtMs = it.nowMs();
    await endCall(store.database, reader.practiceId, callId, endedAtMs);
    it.pass(HOUR_MS);
    await sweepNotes(it.sweepOptions());
    expect(await it.notes.read(reader, callId)).toMatchObject({ ok: true, value: { isEndFinal: true, destroyedAt: new Date(endedAtMs + RETENTION_MS).toISOString() } });
  });

  test('destroys nothing that has an hour to live', async () => {
    const callId = await endedCallWithNote();
    it.pass(RETENTION_MS - HOUR_MS);
    expect(await sweepNotes(it.sweepOptions())).toEqual({ keys: 0, notes: 0 });
    expect(await stateOf(callId)).toBe('kept');
  });

  test('killed after any of its steps, it is finished by the next run, counting each note in one receipt', async () => {
    const steps: SweepStep[] = ['settled', 'key-destroyed', 'rows-deleted', 'receipt-stored', 'practice-done'];
    for (const killAfter of steps) {
      const callIds = [await endedCallWithNote(), await endedCallWithNote()];
      it.pass(HOUR_MS);
      callIds.push(await endedCallWithNote());
      it.pass(RETENTION_MS + HOUR_MS + 60_000);
      const before = (await it.notes.listReceipts(reader, 100)).length;
      await expect(
        sweepNotes(
          it.sweepOptions((step) => {
            if (step === killAfter) throw new Error('killed');
          }),
        ),
        killAfter,
      ).rejects.toThrow('killed');
      for (const callId of callIds) expect(await stateOf(callId), killAfter).toBe('destroyed');
      const restarted = it.restart();
      await sweepNotes(restarted.sweepOptions());
      expect(restarted.keys.list(), killAfter).toEqual([]);
      const receipts = (await it.notes.listReceipts(reader, 100)).slice(0, -before || undefined);
      expect(receipts.map(({ body }) => decodeReceipt(body)!.notes).sort((a, b) => a - b), killAfter).toEqual([1, 2]);
    }
  });

  test('two runs at once destroy each note once', async () => {
    for (let index = 0; index < 5; index += 1) await endedCallWithNote();
    it.pass(RETENTION_MS + HOUR_MS + 60_000);
    const results = await Promise.all([sweepNotes(it.sweepOptions()), sweepNotes(it.restart().sweepOptions())]);
    expect(results[0].notes + results[1].notes).toBe(5);
    expect(await it.notes.listReceipts(reader, 10)).toHaveLength(1);
  });

  test('destroying by hand leaves the slip at once, and a receipt that does not claim the key', async () => {
    const callId = await endedCallWithNote();
    expect(await it.notes.destroy(reader, callId)).toMatchObject({ ok: true, value: { state: 'destroyed' } });
    expect(await it.notes.save(reader, saveOf(callId, 'again'))).toEqual({ ok: false, refusal: 'note-destroyed' });
    const [receipt] = await it.notes.listReceipts(reader, 1);
    expect(decodeReceipt(receipt!.body)).toMatchObject({ reason: 'by-member', isKeyDestroyed: false, notes: 1 });
  });
});

test('a database that comes back without its keys shows nothing, before and after the end', async () => {
  const callId = await endedCallWithNote();
  const elsewhere = openNotesUnderTest(store.database);
  expect(await stateOf(callId, elsewhere)).toBe('destroyed');
  elsewhere.remove();
});
