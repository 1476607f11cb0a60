/** What one member may do, as one choice: the sets of roles that people have. A member holds at least one. */
import { ChevronDown } from 'lucide-react';
import type { Role } from '#contract/sign-in.ts';
import { words } from '../../messages/all-words.ts';
import styles from './members-section.module.css';

export type PracticeRole = Exclude<Role, 'operator'>;

/** From the least to the most; a set that somebody gave otherwise, by the API, is offered beside them. */
const usualSets: readonly (readonly PracticeRole[])[] = [['staff'], ['physician'], ['practice-admin'], ['staff', 'practice-admin'], ['physician', 'practice-admin']];

const order: readonly PracticeRole[] = ['physician', 'staff', 'practice-admin'];
const keyOf = (roles: readonly PracticeRole[]): string => order.filter((role) => roles.includes(role)).join('+');
const rolesOf = (key: string): PracticeRole[] => key.split('+') as PracticeRole[];

export interface RoleSelectProps {
  readonly label: string;
  readonly id?: string;
  readonly roles: readonly PracticeRole[];
  readonly isDisabled?: boolean;
  readonly onChange: (roles: PracticeRole[]) => void;
}

export function RoleSelect({ label, id, roles, isDisabled = false, onChange }: RoleSelectProps) {
  const current = keyOf(roles);
  const keys = [...new Set([...usualSets.map(keyOf), current])];
  return (
    <span className={styles['role']}>
      <select id={id} aria-label={label} value={current} disabled={isDisabled} onChange={(event) => onChange(rolesOf(event.target.value))}>
        {keys.map((key) => (
          <option key={key} value={key}>
            {rolesOf(key).map((role) => words.members.roles[role]).join(', ')}
          </option>
        ))}
      </select>
      <ChevronDown className="small" />
    </span>
  );
}
