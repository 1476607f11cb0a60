/** Importing contacts: takes a file in pieces, shows its columns, and adds its rows in batches that are whole or not there at all, whatever kills the server between them. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { ContactDetails, ImportField, ImportId, ImportProblem, ImportView } from '#contract/contacts.ts';
import type { MemberId } from '#contract/ids.ts';
import { ok, refused, type Result } from '#contract/result.ts';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createId } from '#server/platform/crypto/new-id.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { inInstallation, inPractice, type Database } from '#server/platform/storage/database.ts';
import type { ContactDirectories } from './contact-directory.ts';
import { readCard, readRow, suggestMapping, type RowProblem, type RowReading, type RowRules } from './contact-import-policy.ts';
import { foldText } from './contact-search-policy.ts';
import { insertContacts, nextSequence, writeDown, type ContactWrite, type Sealing } from './contact-store.ts';
import type { ContactReader } from './contacts.ts';
import { createCsvReader, detectDelimiter, distinctHeaders, type Delimiter } from './csv-codec.ts';
import { countImported, deletePieces, findImport, forgetAbandoned, insertImport, insertPiece, insertProblems, listImports, listProblems, readPiece, removeImported, updateImport, type ImportTables, type ImportTransaction, type StoredImport } from './import-store.ts';
import { createTextDecoding, guessEncoding, type TextEncodingName } from './text-decoding.ts';
import { createVCardReader } from './vcard-codec.ts';

export type ImportRefusal = 'import-not-found' | 'import-not-ready';

export interface ContactImports {
  create(reader: ContactReader, kind: 'csv' | 'vcard'): Promise<ImportView>;
  upload(reader: ContactReader, importId: string, offset: number, bytes: Buffer): Promise<Result<ImportView, ImportRefusal>>;
  finishUpload(reader: ContactReader, importId: string): Promise<Result<ImportView, ImportRefusal>>;
  /** Begins to add rows and resolves at once; `read` tells how far it is. */
  start(reader: ContactReader, importId: string, mapping: ReadonlyArray<ImportField | null>): Promise<Result<ImportView, ImportRefusal>>;
  read(reader: ContactReader, importId: string): Promise<Result<ImportView, ImportRefusal>>;
  list(reader: ContactReader): Promise<ImportView[]>;
  listProblems(reader: ContactReader, importId: string): Promise<Result<Array<{ row: number; field: ImportField | null; problem: ImportProblem }>, ImportRefusal>>;
  /** Begins to take out what it added and resolves at once; `read` tells how far it is. */
  undo(reader: ContactReader, importId: string): Promise<Result<ImportView, ImportRefusal>>;
  /** Goes on with everything, imports and their undoing, that a kill interrupted. Resolves when none is left; nobody need wait for that. */
  resume(): Promise<void>;
  /** Lets running batches end and begins no other. */
  close(): Promise<void>;
}

export interface ContactImportsOptions {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly directories: ContactDirectories;
  /** ISO 3166-1 alpha-2 of the practice. */
  readonly countryOf: (practiceId: string) => Promise<string>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomSource;
  readonly log: Log;
}

/** Rows a transaction: some 30 ms, so that others who write in the practice never wait long. */
const BATCH_ROWS = 200;
/** Contacts a transaction: they are not sealed, only emptied, so that some 30 ms go further. */
const BATCH_TAKEN_OUT = 1_000;
const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000';
const LARGEST_FILE_BYTES = 100 * 1024 * 1024;
/** For how long a file waits for whoever began with it. */
const ABANDONED_AFTER_MS = 86_400_000;
const SAMPLES = 3;
/** More are counted and not listed: a file with a wrong mapping has one in every row. */
const MOST_PROBLEMS = 5_000;

export function createContactImports(options: ContactImportsOptions): ContactImports {
  const { database, sealing, directories, countryOf, clock, random, log } = options;
  const { cipher } = sealing;
  const running = new Map<string, Promise<void>>();
  let isClosing = false;
  const inImports = <Value>(practiceId: string, run: (transaction: ImportTransaction) => Promise<Value>): Promise<Value> => inPractice<ImportTables, Value>(database, practiceId, run);

  /** Changes an import that is in one of the states, and answers with what it is then. `by`: whose act it is, and what the audit calls it; null for what the import does itself. */
  const change = (practiceId: string, importId: string, by: { reader: ContactReader; act: string } | null, states: ReadonlyArray<StoredImport['state']>, run: (transaction: ImportTransaction, stored: StoredImport) => Promise<void>): Promise<Result<ImportView, ImportRefusal>> =>
    inImports(practiceId, async (transaction) => {
      const stored = await findImport(transaction, cipher, practiceId, importId, { forUpdate: true });
      if (stored === undefined) return refused('import-not-found');
      if (!states.includes(stored.state)) return refused('import-not-ready');
      await run(transaction, stored);
      const view = viewOf((await findImport(transaction, cipher, practiceId, importId))!);
      if (by !== null) await writeDown(transaction, { ...by.reader, at: new Date(clock.now()) }, 'contact-written', { kind: 'contact-import', id: importId }, { act: by.act });
      return ok(view);
    });

  async function* bytesOf(practiceId: string, importId: string): AsyncGenerator<Buffer> {
    for (let fromByte = 0; ; ) {
      const piece = await inImports(practiceId, (transaction) => readPiece(transaction, cipher, practiceId, importId, fromByte));
      if (piece === undefined) return;
      yield piece.bytes;
      fromByte = piece.nextByte;
    }
  }

  async function* textOf(practiceId: string, importId: string, encoding: TextEncodingName): AsyncGenerator<string> {
    const decoding = createTextDecoding(encoding);
    for await (const bytes of bytesOf(practiceId, importId)) yield decoding.push(bytes);
    yield decoding.end();
  }

  /** The rows of the file below its header, or its cards, read by the rules. Row 1 is the first. */
  async function* readingsOf(practiceId: string, stored: StoredImport, rules: RowRules): AsyncGenerator<RowReading> {
    const unreadable = (problem: RowProblem['problem']): RowReading => ({ details: undefined, problems: [{ field: null, problem }] });
    const encoding = stored.encoding ?? 'utf-8';
    if (stored.kind === 'vcard') {
      const reader = createVCardReader();
      for await (const text of textOf(practiceId, stored.id, encoding)) for (const read of reader.push(text)) yield read.ok ? readCard(read.card, rules) : unreadable('card-unreadable');
      for (const read of reader.end()) yield read.ok ? readCard(read.card, rules) : unreadable('card-unreadable');
      return;
    }
    const reader = createCsvReader((stored.delimiter ?? ',') as Delimiter);
    let isHeader = true;
    for await (const text of textOf(practiceId, stored.id, encoding)) {
      for (const row of reader.push(text)) {
        if (!isHeader) yield readRow(row.cells, stored.mapping, rules);
        isHeader = false;
      }
    }
    for (const row of reader.end()) if (!isHeader) yield row.isUnclosed ? unreadable('quote-not-closed') : readRow(row.cells, stored.mapping, rules);
  }

  const inspect = async (practiceId: string, stored: StoredImport): Promise<Partial<StoredImport>> => {
    const guess = guessEncoding();
    for await (const bytes of bytesOf(practiceId, stored.id)) guess.push(bytes);
    const encoding = guess.end();
    if (stored.kind === 'vcard') {
      const reader = createVCardReader();
      let rowsTotal = 0;
      for await (const text of textOf(practiceId, stored.id, encoding)) rowsTotal += reader.push(text).length;
      rowsTotal += reader.end().length;
      return { state: rowsTotal === 0 ? 'unreadable' : 'mapping', encoding, rowsTotal };
    }
    let reader: ReturnType<typeof createCsvReader> | undefined;
    let delimiter: Delimiter = ',';
    let headers: readonly string[] | undefined;
    const samples: string[][] = [];
    let rowsTotal = 0;
    const take = (rows: ReadonlyArray<{ cells: readonly string[] }>): void => {
      for (const { cells } of rows) {
        if (headers === undefined) headers = cells;
        else {
          rowsTotal += 1;
          cells.forEach((cell, index) => {
            const kept = (samples[index] ??= []);
            if (kept.length < SAMPLES && cell.trim() !== '') kept.push(cell.trim().slice(0, 80));
          });
        }
      }
    };
    for await (const text of textOf(practiceId, stored.id, encoding)) {
      if (reader === undefined) {
        delimiter = detectDelimiter(text.slice(0, 8_000));
        reader = createCsvReader(delimiter);
      }
      take(reader.push(text));
    }
    if (reader !== undefined) take(reader.end());
    if (headers === undefined || rowsTotal === 0) return { state: 'unreadable', encoding, rowsTotal: 0 };
    const names = distinctHeaders(headers.slice(0, 200));
    const suggested = suggestMapping(headers.slice(0, 200));
    return { state: 'mapping', encoding, delimiter, rowsTotal, columns: names.map((header, index) => ({ header, samples: samples[index] ?? [], suggested: suggested[index] ?? null })) };
  };

  /** Adds one batch and its count in one transaction. False if this import is no longer where we think it is: undone, or taken up by another server. */
  const addBatch = (practiceId: string, stored: StoredImport, done: Progress, batch: Batch): Promise<boolean> =>
    inImports(practiceId, async (transaction) => {
      // The directory's turn first, then the row: everyone who needs both takes them in this order.
      const sequence = await nextSequence(transaction, practiceId);
      const now = await findImport(transaction, cipher, practiceId, stored.id, { forUpdate: true });
      if (now?.state !== 'running' || now.rowsDone !== done.rowsDone) return false;
      await insertContacts(transaction, sealing, { practiceId, memberId: stored.memberId, at: new Date(clock.now()), sequence, importId: stored.id }, batch.writes);
      await insertProblems(transaction, practiceId, stored.id, batch.problems);
      const next = { rowsDone: done.rowsDone + batch.rows, added: done.added + batch.writes.length, duplicates: done.duplicates + batch.duplicates, failed: done.failed + batch.failed };
      await updateImport(transaction, cipher, practiceId, stored.id, next);
      Object.assign(done, next);
      return true;
    });

  const run = async (practiceId: string, importId: string): Promise<void> => {
    const stored = await inImports(practiceId, (transaction) => findImport(transaction, cipher, practiceId, importId));
    if (stored?.state !== 'running') return;
    const country = await countryOf(practiceId);
    const rules: RowRules = { country, isTimeZone, isMonthFirst: country === 'US' };
    const directory = await directories.read(practiceId);
    const known = new Set([...directory.contacts.values()].flatMap(({ details }) => identitiesOf(details)));
    const done: Progress = { rowsDone: stored.rowsDone, added: stored.added, duplicates: stored.duplicates, failed: stored.failed };
    let batch = emptyBatch();
    let row = 0;
    let problemCount = 0;
    for await (const reading of readingsOf(practiceId, stored, rules)) {
      row += 1;
      problemCount += reading.problems.length;
      // Rows of an earlier run are whole in the database; they are read again only to find the place.
      if (row <= stored.rowsDone) continue;
      takeReading(batch, reading, { row, known, listsProblems: problemCount <= MOST_PROBLEMS, id: () => createId(clock.now(), random) });
      if (batch.rows < BATCH_ROWS) continue;
      if (isClosing || !(await addBatch(practiceId, stored, done, batch))) return;
      batch = emptyBatch();
      await yieldToOthers();
    }
    if (isClosing || (batch.rows > 0 && !(await addBatch(practiceId, stored, done, batch)))) return;
    await change(practiceId, importId, null, ['running'], async (transaction) => {
      await updateImport(transaction, cipher, practiceId, importId, { state: 'done', rowsTotal: row });
      await deletePieces(transaction, practiceId, importId);
      await writeDown(transaction, { practiceId, memberId: stored.memberId, at: new Date(clock.now()) }, 'contact-written', { kind: 'contact-import', id: importId }, { act: 'imported', contacts: done.added });
    });
    log.info('contacts-imported', { rows: row, added: done.added, duplicates: done.duplicates, failed: done.failed });
  };

  /** Takes out one batch and counts it in one transaction; with the last one it is undone. */
  const takeOutBatch = (practiceId: string, importId: string, afterId: string): Promise<{ isOver: boolean; lastId: string }> =>
    inImports(practiceId, async (transaction) => {
      const sequence = await nextSequence(transaction, practiceId);
      const stored = await findImport(transaction, cipher, practiceId, importId, { forUpdate: true });
      if (stored?.state !== 'undoing') return { isOver: true, lastId: afterId };
      const at = new Date(clock.now());
      const { removed, lastId } = await removeImported(transaction, practiceId, importId, { afterId, limit: BATCH_TAKEN_OUT, sequence, at });
      const takenOut = stored.takenOut + removed;
      const isOver = removed < BATCH_TAKEN_OUT;
      await updateImport(transaction, cipher, practiceId, importId, isOver ? { state: 'undone', takenOut, kept: await countImported(transaction, practiceId, importId) } : { takenOut });
      if (isOver) await writeDown(transaction, { practiceId, memberId: stored.undoneBy ?? stored.memberId, at }, 'contact-deleted', { kind: 'contact-import', id: importId }, { act: 'undone', contacts: Math.min(takenOut, 999_999) });
      return { isOver, lastId };
    });

  const takeOut = async (practiceId: string, importId: string): Promise<void> => {
    for (let lastId = BEFORE_ALL_IDS, isOver = false; !isOver && !isClosing; await yieldToOthers()) ({ isOver, lastId } = await takeOutBatch(practiceId, importId, lastId));
  };

  /** `run` ends by itself where the import is being taken back. */
  const runOnce = (practiceId: string, importId: string): Promise<void> => {
    const already = running.get(importId);
    if (already !== undefined) return already;
    const promise = run(practiceId, importId)
      .then(() => takeOut(practiceId, importId))
      .catch((cause: unknown) => log.error('contact-import-failed', cause))
      .finally(() => running.delete(importId));
    running.set(importId, promise);
    return promise;
  };

  return {
    create(reader, kind) {
      const { practiceId, memberId } = reader;
      return inImports(practiceId, async (transaction) => {
        const at = new Date(clock.now());
        const id = createId(at.getTime(), random);
        await forgetAbandoned(transaction, practiceId, new Date(at.getTime() - ABANDONED_AFTER_MS));
        await insertImport(transaction, { practiceId, id, memberId, kind, at });
        await writeDown(transaction, { ...reader, at }, 'contact-written', { kind: 'contact-import', id }, { act: 'begun' });
        return viewOf((await findImport(transaction, cipher, practiceId, id))!);
      });
    },
    upload: (reader, importId, offset, bytes) =>
      // Its pieces are how a file travels: in the audit stands the file, once it was looked at whole.
      change(reader.practiceId, importId, null, ['uploading'], async (transaction, stored) => {
        // Only the next piece is taken; an older one came twice, and one too far ahead is answered with where we are.
        if (offset !== stored.bytesReceived || bytes.length === 0 || stored.bytesReceived + bytes.length > LARGEST_FILE_BYTES) return;
        await insertPiece(transaction, cipher, reader.practiceId, importId, offset, bytes);
        await updateImport(transaction, cipher, reader.practiceId, importId, { bytesReceived: stored.bytesReceived + bytes.length });
      }),
    async finishUpload(reader, importId) {
      const { practiceId } = reader;
      const stored = await inImports(practiceId, (transaction) => findImport(transaction, cipher, practiceId, importId));
      if (stored === undefined) return refused('import-not-found');
      if (stored.state !== 'uploading') return stored.state === 'mapping' || stored.state === 'unreadable' ? ok(viewOf(stored)) : refused('import-not-ready');
      const found = await inspect(practiceId, stored);
      return change(practiceId, importId, { reader, act: 'looked-at' }, ['uploading'], async (transaction) => {
        await updateImport(transaction, cipher, practiceId, importId, found);
        if (found.state === 'unreadable') await deletePieces(transaction, practiceId, importId);
      });
    },
    async start(reader, importId, mapping) {
      const { practiceId } = reader;
      const started = await change(practiceId, importId, { reader, act: 'started' }, ['mapping'], (transaction) => updateImport(transaction, cipher, practiceId, importId, { state: 'running', mapping }));
      if (started.ok) void runOnce(practiceId, importId);
      return started;
    },
    read: ({ practiceId }, importId) =>
      inImports(practiceId, async (transaction) => {
        const stored = await findImport(transaction, cipher, practiceId, importId);
        return stored === undefined ? refused('import-not-found') : ok(viewOf(stored));
      }),
    list: ({ practiceId }) => inImports(practiceId, async (transaction) => (await listImports(transaction, cipher, practiceId)).map(viewOf)),
    listProblems: ({ practiceId }, importId) =>
      inImports(practiceId, async (transaction) => {
        if ((await findImport(transaction, cipher, practiceId, importId)) === undefined) return refused('import-not-found');
        return ok(await listProblems(transaction, practiceId, importId));
      }),
    async undo(reader, importId) {
      const { practiceId } = reader;
      const begun = await change(practiceId, importId, { reader, act: 'undo' }, ['uploading', 'mapping', 'running', 'done'], async (transaction, stored) => {
        const hasAdded = stored.state === 'running' || stored.state === 'done';
        await deletePieces(transaction, practiceId, importId);
        await updateImport(transaction, cipher, practiceId, importId, { state: hasAdded ? 'undoing' : 'undone', undoneBy: reader.memberId, columns: [] });
      });
      // What runs may have looked at the state for the last time already.
      if (begun.ok && begun.value.state === 'undoing') void Promise.resolve(running.get(importId)).then(() => runOnce(practiceId, importId));
      return begun;
    },
    async resume() {
      const interrupted = await inInstallation<ImportTables, Array<{ practice_id: string; id: string }>>(database, (transaction) => transaction.selectFrom('contact_import').select(['practice_id', 'id']).where('state', 'in', ['running', 'undoing']).execute());
      for (const { practice_id: practiceId, id } of interrupted) await runOnce(practiceId, id);
    },
    async close() {
      isClosing = true;
      await Promise.all(running.values());
    },
  };
}

interface Progress {
  rowsDone: number;
  added: number;
  duplicates: number;
  failed: number;
}

interface Batch {
  rows: number;
  writes: ContactWrite[];
  problems: Array<{ row: number; place: number; field: ImportField | null; problem: ImportProblem }>;
  duplicates: number;
  failed: number;
}

const emptyBatch = (): Batch => ({ rows: 0, writes: [], problems: [], duplicates: 0, failed: 0 });

function takeReading(batch: Batch, { details, problems }: RowReading, { row, known, listsProblems, id }: { row: number; known: Set<string>; listsProblems: boolean; id: () => string }): void {
  batch.rows += 1;
  if (listsProblems) problems.forEach(({ field, problem }, place) => batch.problems.push({ row, place, field, problem }));
  if (details === undefined) {
    batch.failed += 1;
    return;
  }
  const identities = identitiesOf(details);
  if (identities.some((identity) => known.has(identity))) {
    batch.duplicates += 1;
    return;
  }
  for (const identity of identities) known.add(identity);
  batch.writes.push({ id: id(), version: 1, details, change: 'imported', fields: [] });
}

/** The same name with the same number, or with no number at all and the same birthday, is there already. */
function identitiesOf(details: ContactDetails): string[] {
  const name = foldText(`${details.givenName} ${details.familyName}`);
  return details.numbers.length === 0 ? [`${name}|${details.birthDate ?? ''}`] : details.numbers.map(({ number }) => `${name}|${number}`);
}

function viewOf(stored: StoredImport): ImportView {
  const { id, memberId, begunAt, kind, state, bytesReceived, columns, rowsDone, rowsTotal, added, duplicates, failed, takenOut, kept } = stored;
  return { id: id as ImportId, by: memberId as MemberId, begunAt: begunAt.toISOString(), kind, state, bytesReceived, columns: state === 'mapping' ? columns : [], rowsDone, rowsTotal, added, duplicates, failed, takenOut, kept };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
