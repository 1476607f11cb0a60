/** Comma-separated values as the world writes them (RFC 4180 and what spreadsheets do beside it): text in pieces to rows, rows to text that no spreadsheet takes for a formula. Pure; knows no column's meaning. */

export type Delimiter = ',' | ';' | '\t' | '|';

export interface CsvRow {
  readonly cells: readonly string[];
  /** A quote was opened and the file ended within it. */
  readonly isUnclosed: boolean;
}

export interface CsvReader {
  /** The rows that are whole after this piece. Pieces may be cut anywhere. */
  push(piece: string): CsvRow[];
  /** The last row, if the file did not end with a line break. */
  end(): CsvRow[];
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** The longest cell that is read on; a quote that is never closed must not swallow memory. */
const LONGEST_CELL = 100_000;

/**
 * Which character parts the cells: by the `sep=` line that Excel writes, else the one that cuts the first lines into the most equal numbers
 * of cells. `head` is the file's beginning, some thousand characters.
 */
export function detectDelimiter(head: string): Delimiter {
  const named = /^sep=(.)\r?\n/i.exec(head)?.[1];
  const stated = DELIMITERS.find((delimiter) => delimiter === named);
  if (stated !== undefined) return stated;
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const reader = createCsvReader(delimiter);
    const rows = [...reader.push(head), ...reader.end()].filter(({ cells }) => cells.length > 1 || cells[0] !== '').slice(0, 20);
    // The last one may be cut off by the end of the head.
    const widths = (rows.length > 1 ? rows.slice(0, -1) : rows).map(({ cells }) => cells.length);
    const first = widths[0] ?? 1;
    if (first < 2) continue;
    const score = (widths.filter((width) => width === first).length / widths.length) * 1_000 + first;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** A reader of rows. Blank lines are left out; a leading `sep=` line too; a quote inside a cell that did not begin with one is a quote. */
export function createCsvReader(delimiter: Delimiter): CsvReader {
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  let wasQuoted = false;
  let isFirstRow = true;
  /** A quote inside a quoted cell: its end, or the first of a doubled one. The next character tells, and may be in the next piece. */
  let hasPendingQuote = false;
  let hasPendingReturn = false;

  const endCell = (): void => {
    cells.push(cell);
    cell = '';
    isQuoted = false;
    wasQuoted = false;
  };
  const endRow = (rows: CsvRow[], isUnclosed = false): void => {
    endCell();
    const isBlank = cells.length === 1 && cells[0] === '';
    const isSeparatorLine = isFirstRow && /^sep=/i.test(cells.join(delimiter)) && cells.join(delimiter).length <= 5;
    if (!isBlank && !isSeparatorLine) rows.push({ cells, isUnclosed });
    if (!isBlank) isFirstRow = false;
    cells = [];
  };

  return {
    push(piece) {
      const rows: CsvRow[] = [];
      let at = 0;
      while (at < piece.length) {
        if (isQuoted && !hasPendingQuote) {
          const quote = piece.indexOf('"', at);
          const until = quote === -1 ? piece.length : quote;
          if (cell.length < LONGEST_CELL) cell += piece.slice(at, until);
          at = until;
          if (quote !== -1) {
            hasPendingQuote = true;
            at += 1;
          }
          continue;
        }
        const character = piece[at]!;
        if (hasPendingQuote) {
          hasPendingQuote = false;
          if (character === '"') {
            cell += '"';
            at += 1;
            continue;
          }
          isQuoted = false;
        }
        if (hasPendingReturn) {
          hasPendingReturn = false;
          if (character === '\n') {
            at += 1;
            continue;
          }
        }
        if (character === delimiter) endCell();
        else if (character === '\n') endRow(rows);
        else if (character === '\r') {
          endRow(rows);
          hasPendingReturn = true;
        } else if (character === '"' && cell === '' && !wasQuoted) {
          isQuoted = true;
          wasQuoted = true;
        } else {
          const rest = nextSpecial(piece, at + 1, delimiter);
          if (cell.length < LONGEST_CELL) cell += piece.slice(at, rest);
          at = rest;
          continue;
        }
        at += 1;
      }
      return rows;
    },
    end() {
      const rows: CsvRow[] = [];
      const isUnclosed = isQuoted && !hasPendingQuote;
      if (cell !== '' || cells.length > 0 || isUnclosed) endRow(rows, isUnclosed);
      hasPendingQuote = false;
      return rows;
    },
  };
}

/** Headers by which columns can be told apart: empty ones are numbered, repeated ones too. */
export function distinctHeaders(headers: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return headers.map((raw, index) => {
    const header = raw.trim() === '' ? `Column ${index + 1}` : raw.trim();
    const count = (seen.get(header) ?? 0) + 1;
    seen.set(header, count);
    return count === 1 ? header : `${header} (${count})`;
  });
}

/** Rows as a file for spreadsheets: commas, CRLF, quotes where needed, and no cell that runs when it is opened. Begins with a BOM, without which Excel reads UTF-8 wrongly. */
export function encodeCsv(rows: ReadonlyArray<readonly string[]>): string {
  return `${BYTE_ORDER_MARK}${encodeRows(rows)}`;
}

/** Excel takes a file without it for the machine's own code page. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** A part of a file. */
export function encodeRows(rows: ReadonlyArray<readonly string[]>): string {
  return rows.map((cells) => `${cells.map(encodeCell).join(',')}\r\n`).join('');
}

/** Undoes the apostrophe with which an export disarmed a formula, so that a file exported here is read back as it was. */
export function readableCell(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

function encodeCell(cell: string): string {
  // What begins like this is a formula to Excel, LibreOffice and Google Sheets, quoted or not. Telephone numbers can do no harm and stay what they are.
  const isArmed = /^\s*[=+\-@\t\r]/.test(cell) && !/^\+[\d ]+( ::: \+[\d ]+)*$/.test(cell);
  const safe = isArmed ? `'${cell}` : cell;
  return /[",;\r\n\t|]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function nextSpecial(piece: string, from: number, delimiter: Delimiter): number {
  for (let at = from; at < piece.length; at += 1) {
    const character = piece[at];
    if (character === delimiter || character === '\n' || character === '\r') return at;
  }
  return piece.length;
}
