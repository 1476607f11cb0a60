/** How the log is searched and narrowed: one field as one types, and behind a button the rest. Holds what is typed; asks nothing itself. */
import { useQuery } from '@tanstack/react-query';
import { Download, ListFilter, Search, X } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { type CallOutcome, callOutcomes } from '#contract/call-outcome.ts';
import { api } from '../../api/api-client.ts';
import { linesQuery, type LogFilter } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { membersQuery } from '../members/members-queries.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import styles from './log-filters.module.css';

/** Long enough not to ask for each letter, short enough not to be noticed. */
const TYPING_PAUSE_MS = 150;

interface LogFiltersProps {
  readonly filter: LogFilter;
  readonly onChange: (filter: LogFilter) => void;
}

/** Without what says nothing, so that no filter is `{}`. */
const filled = (filter: LogFilter): LogFilter => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== '')) as LogFilter;

export function LogFilters({ filter, onChange }: LogFiltersProps) {
  const [text, setText] = useState(filter.text ?? '');
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (text.trim() !== (filter.text ?? '')) onChange(filled({ ...filter, text: text.trim() }));
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, filter, onChange]);
  const { text: _text, ...narrowed } = filter;
  const count = Object.keys(narrowed).length + (text === '' ? 0 : 1);
  const set = (change: LogFilter): void => onChange(filled({ ...filter, ...change }));
  const clear = (): void => {
    setText('');
    onChange({});
  };

  return (
    <div className={styles['filters']} role="search">
      <button type="button" className="btn compact" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <ListFilter className="small" />
        {words.callLog.filters}
        {count === 0 ? null : <span className={styles['count']}>{count}</span>}
      </button>
      {isOpen ? (
        <label className={styles['search']}>
          <Search aria-hidden="true" />
          <span className="sr">{words.callLog.search}</span>
          <input type="search" value={text} placeholder={words.callLog.search} autoComplete="off" onChange={(event) => setText(event.target.value)} />
        </label>
      ) : null}
      {isOpen ? <Narrowing filter={filter} onSet={set} /> : null}
      {isOpen || count > 0 ? (
        <div className={styles['tools']}>
          {count > 0 ? (
            <button type="button" className="btn quiet compact" onClick={clear}>
              <X className="small" />
              {words.callLog.clear}
            </button>
          ) : null}
          <ExportButton filter={filter} />
        </div>
      ) : null}
    </div>
  );
}

function Narrowing({ filter, onSet }: { readonly filter: LogFilter; readonly onSet: (change: LogFilter) => void }) {
  const { actsFor, member } = useSession();
  const lines = useQuery(linesQuery).data ?? [];
  const members = useQuery(membersQuery).data ?? [];
  const others = members.filter(({ id }) => id !== member.id);
  return (
    <div className={styles['narrowing']}>
      <Field label={words.callLog.filterOutcome}>
        <select value={filter.outcome ?? ''} onChange={(event) => onSet({ outcome: event.target.value === '' ? undefined : (event.target.value as CallOutcome) })}>
          <option value="">{words.callLog.anyOutcome}</option>
          {callOutcomes.map((outcome) => (
            <option key={outcome} value={outcome}>
              {words.callLog.outcomes[outcome]}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words.callLog.filterDirection}>
        <select value={filter.direction ?? ''} onChange={(event) => onSet({ direction: event.target.value === '' ? undefined : (event.target.value as 'outgoing' | 'incoming') })}>
          <option value="">{words.callLog.anyDirection}</option>
          <option value="outgoing">{words.callLog.outgoing}</option>
          <option value="incoming">{words.callLog.incoming}</option>
        </select>
      </Field>
      <Field label={words.callLog.filterLine}>
        <select value={filter.lineId ?? ''} onChange={(event) => onSet({ lineId: event.target.value === '' ? undefined : event.target.value })}>
          <option value="">{words.callLog.anyLine}</option>
          {lines.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      {actsFor.length === 0 ? null : (
        <Field label={words.callLog.filterWhose}>
          <select value={filter.whose ?? ''} onChange={(event) => onSet({ whose: event.target.value === '' ? undefined : (event.target.value as 'mine' | 'acted-for') })}>
            <option value="">{words.callLog.everyone}</option>
            <option value="mine">{words.callLog.onlyMine}</option>
            <option value="acted-for">{words.callLog.onlyActedFor}</option>
          </select>
        </Field>
      )}
      {others.length === 0 ? null : (
        <Field label={words.callLog.filterMember}>
          <select value={filter.memberId ?? ''} onChange={(event) => onSet({ memberId: event.target.value === '' ? undefined : event.target.value })}>
            <option value="">{words.callLog.anyMember}</option>
            {[...members.filter(({ id }) => id === member.id), ...others].map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field label={words.callLog.from}>
        <input type="date" value={filter.from ?? ''} max={filter.to} onChange={(event) => onSet({ from: event.target.value })} />
      </Field>
      <Field label={words.callLog.to}>
        <input type="date" value={filter.to ?? ''} min={filter.from} onChange={(event) => onSet({ to: event.target.value })} />
      </Field>
    </div>
  );
}

function Field({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <label className={styles['field']}>
      <span>{label}</span>
      {children}
    </label>
  );
}

function ExportButton({ filter }: { readonly filter: LogFilter }) {
  const formats = useFormats();
  const [said, setSaid] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    try {
      const { fileName, mediaType, text, count, isWhole } = await api.calls.export(filter);
      const address = URL.createObjectURL(new Blob([text], { type: `${mediaType};charset=utf-8` }));
      Object.assign(document.createElement('a'), { href: address, download: fileName }).click();
      URL.revokeObjectURL(address);
      setSaid(isWhole ? words.callLog.exported(formats.number(count)) : words.callLog.exportedPart(formats.number(count)));
    } catch {
      setSaid(words.callLog.exportFailed);
    }
  };
  return (
    <>
      <button type="button" className="btn compact" onClick={() => void save()}>
        <Download className="small" />
        {words.callLog.exportCsv}
      </button>
      <output className={styles['said']}>{said}</output>
    </>
  );
}
