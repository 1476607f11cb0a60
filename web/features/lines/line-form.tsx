/** The details of one line, for admins: its words, the practice's default, another proof, and its removal. */
import { type SubmitEvent, useState } from 'react';
import type { LineDetail } from '#contract/lines.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { draftFields, LineFields } from './line-fields.tsx';
import { linesChanged } from './line-queries.ts';
import styles from './lines-section.module.css';

export interface LineFormProps {
  readonly line: LineDetail;
  readonly onProve: () => void;
  readonly onDone: () => void;
}

export function LineForm({ line, onProve, onDone }: LineFormProps) {
  const [draft, setDraft] = useState({ name: line.name, callsBackTo: line.callsBackTo ?? '', extension: line.extension ?? '' });
  const [trouble, setTrouble] = useState<string | null>(null);
  const { id: lineId } = line;

  const act = async (run: () => Promise<unknown>): Promise<void> => {
    try {
      await run();
      await linesChanged();
      onDone();
    } catch (error) {
      setTrouble(isRefusal(error, 'LAST_LINE') ? words.lines.lastLine : words.you.failed);
    }
  };
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    void act(() => api.lines.change({ lineId, ...draftFields(draft) }));
  };

  return (
    <form className={styles['details']} aria-label={words.lines.detailsOf(line.name)} onSubmit={save}>
      <LineFields idPrefix={`line-${lineId}`} draft={draft} isNameOnly={line.kind === 'hosted'} onChange={setDraft} />
      <p role="alert" className={styles['trouble']}>
        {trouble}
      </p>
      <p className={styles['buttons']}>
        <button type="submit" className="btn primary">
          {words.lines.save}
        </button>
        {line.state === 'proven' && !line.isDefault ? (
          <button type="button" className="btn" onClick={() => void act(() => api.lines.makeDefault({ lineId }))}>
            {words.lines.makeDefault}
          </button>
        ) : null}
        {line.expiresAt !== null && line.state === 'proven' && !line.isReminderDue && !line.isApprovalDue ? (
          <button type="button" className="btn" onClick={onProve}>
            {words.lines.proveAgain}
          </button>
        ) : null}
        <button type="button" className="btn quiet" onClick={() => void act(() => api.lines.remove({ lineId }))}>
          {words.lines.removeNow(line.name)}
        </button>
      </p>
    </form>
  );
}
