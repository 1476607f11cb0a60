/** Which entries one looks for: whose act, which act, of which kind of record, between which days. */
import { ChevronDown } from 'lucide-react';
import type { AuditAction } from '#contract/audit.ts';
import type { MemberView } from '#contract/members.ts';
import { words } from '../../messages/all-words.ts';
import { type AuditChoice, EVERYTHING } from './audit-queries.ts';
import styles from './audit-section.module.css';

const actions = (): readonly AuditAction[] => (Object.keys(words.audit.actions) as AuditAction[]).toSorted((one, other) => words.audit.actions[one].localeCompare(words.audit.actions[other], words.language));
const kinds = (): readonly string[] => Object.keys(words.audit.kinds);

export interface AuditFiltersProps {
  readonly choice: AuditChoice;
  readonly members: readonly MemberView[];
  readonly onChange: (choice: AuditChoice) => void;
}

export function AuditFilters({ choice, members, onChange }: AuditFiltersProps) {
  const isFiltered = Object.values(choice).some((value) => value !== '');
  return (
    <form className={styles['filters']} aria-label={words.audit.filter} onSubmit={(event) => event.preventDefault()}>
      <Choice label={words.audit.who} value={choice.memberId} options={members.map(({ id, name }) => [id, name])} onChange={(memberId) => onChange({ ...choice, memberId })} />
      <Choice label={words.audit.act} value={choice.action} options={actions().map((action) => [action, words.audit.actions[action]])} onChange={(action) => onChange({ ...choice, action })} />
      <Choice label={words.audit.record} value={choice.subjectKind} options={kinds().map((kind) => [kind, words.audit.kinds[kind as keyof typeof words.audit.kinds]])} onChange={(subjectKind) => onChange({ ...choice, subjectKind })} />
      <label>
        <span>{words.audit.from}</span>
        <input type="date" value={choice.from} max={choice.until === '' ? undefined : choice.until} onChange={(event) => onChange({ ...choice, from: event.target.value })} />
      </label>
      <label>
        <span>{words.audit.until}</span>
        <input type="date" value={choice.until} min={choice.from === '' ? undefined : choice.from} onChange={(event) => onChange({ ...choice, until: event.target.value })} />
      </label>
      {isFiltered ? (
        <button type="button" className="btn compact quiet" onClick={() => onChange(EVERYTHING)}>
          {words.audit.all}
        </button>
      ) : null}
    </form>
  );
}

function Choice({ label, value, options, onChange }: { readonly label: string; readonly value: string; readonly options: readonly (readonly [string, string])[]; readonly onChange: (value: string) => void }) {
  return (
    <label>
      <span>{label}</span>
      <span className={styles['select']}>
        <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{words.audit.any}</option>
          {options.map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
        <ChevronDown className="small" />
      </span>
    </label>
  );
}
