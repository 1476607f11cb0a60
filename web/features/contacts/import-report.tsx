/** What became of an import: how many were added, what could not be read by row, as a file too, and the way back. */
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ImportView } from '#contract/contacts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed } from '../../ui/load-states.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { useFormats } from '../sign-in/use-formats.ts';

const MOST_SHOWN = 200;
/** A spreadsheet counts its header as row 1. */
const HEADER_ROWS = { csv: 1, vcard: 0 } as const;

export function ImportReport({ view, onUndo }: { readonly view: ImportView; readonly onUndo: () => void }) {
  const text = words.contacts.importer;
  const { number } = useFormats();
  const problems = useQuery({ queryKey: ['contacts', 'import-problems', view.id], queryFn: () => api.contacts.imports.listProblems({ importId: view.id }) });
  const rows = (problems.data ?? []).map(({ row, field, problem }) => ({ row: row + HEADER_ROWS[view.kind], column: field === null ? '' : text.fields[field], problem: text.problems[problem] }));
  const save = (): void => {
    const cells = [text.reportHeaders, ...rows.map(({ row, column, problem }) => [String(row), column, problem])];
    saveFile('import-report.csv', 'text/csv', `\uFEFF${cells.map((each) => each.map((cell) => `"${cell}"`).join(',')).join('\r\n')}\r\n`);
  };
  return (
    <>
      <p role="status">
        {text.done(view.added, number(view.added))} {view.duplicates > 0 ? text.duplicates(view.duplicates, number(view.duplicates)) : ''} {view.failed > 0 ? text.failed(view.failed, number(view.failed)) : ''}
      </p>
      {problems.isError ? <LoadFailed text={words.contacts.failed} onRetry={problems.refetch} /> : null}
      {rows.length === 0 ? null : (
        <details>
          <summary>{text.problemsTitle}</summary>
          {rows.length > MOST_SHOWN ? <p>{text.someShown(number(MOST_SHOWN), number(rows.length))}</p> : null}
          <ul>
            {rows.slice(0, MOST_SHOWN).map(({ row, column, problem }) => (
              <li key={`${row} ${column} ${problem}`}>
                {view.kind === 'csv' ? text.row(number(row)) : text.card(number(row))}: {column === '' ? '' : `${column}, `}
                {problem}
              </li>
            ))}
          </ul>
          <button type="button" className="btn compact" onClick={save}>
            <Download className="small" />
            {text.saveProblems}
          </button>
        </details>
      )}
      <button type="button" className="btn" onClick={onUndo}>
        {text.undo}
      </button>
    </>
  );
}
