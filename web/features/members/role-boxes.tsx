/** What one member may do, as boxes: a member may hold several roles and never none. */
import type { Role } from '#contract/sign-in.ts';
import { words } from '../../messages/messages.ts';
import styles from './members-page.module.css';

export type PracticeRole = Exclude<Role, 'operator'>;

const practiceRoles: readonly PracticeRole[] = ['physician', 'staff', 'practice-admin'];

export interface RoleBoxesProps {
  readonly legend: string;
  readonly roles: readonly PracticeRole[];
  readonly isDisabled: boolean;
  readonly onChange: (roles: PracticeRole[]) => void;
}

export function RoleBoxes({ legend, roles, isDisabled, onChange }: RoleBoxesProps) {
  const toggle = (role: PracticeRole): void => {
    const next = practiceRoles.filter((each) => (each === role ? !roles.includes(each) : roles.includes(each)));
    if (next.length > 0) onChange(next);
  };
  return (
    <fieldset className={styles['boxes']} disabled={isDisabled}>
      <legend className="sr">{legend}</legend>
      {practiceRoles.map((role) => (
        <label key={role}>
          <input type="checkbox" checked={roles.includes(role)} onChange={() => toggle(role)} />
          {words.members.roles[role]}
        </label>
      ))}
    </fieldset>
  );
}
