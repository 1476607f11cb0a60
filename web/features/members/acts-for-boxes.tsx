/** Which physicians a member of the staff works for, as boxes for the admin. */
import { useId } from 'react';
import type { MemberId } from '#contract/ids.ts';
import type { MemberView } from '#contract/members.ts';
import { words } from '../../messages/all-words.ts';
import styles from './members-section.module.css';

interface ActsForBoxesProps {
  readonly member: MemberView;
  /** The practice's physicians who may sign in, and those they work for already. */
  readonly physicians: readonly MemberView[];
  readonly onChange: (physicianIds: MemberId[]) => void;
}

export function ActsForBoxes({ member, physicians, onChange }: ActsForBoxesProps) {
  const id = useId();
  const toggle = (physicianId: MemberId): void => onChange(member.actsFor.includes(physicianId) ? member.actsFor.filter((each) => each !== physicianId) : [...member.actsFor, physicianId]);
  return (
    <fieldset className={styles['boxes']} aria-describedby={id}>
      <legend className={styles['worksFor']}>
        {words.members.worksForWhom}
        <span className="sr"> {member.name}</span>
      </legend>
      {physicians.length === 0 ? <span className={styles['worksFor']}>{words.members.noPhysicians}</span> : null}
      {physicians.map((physician) => (
        <label key={physician.id}>
          <input type="checkbox" checked={member.actsFor.includes(physician.id)} onChange={() => toggle(physician.id)} />
          {physician.name}
        </label>
      ))}
      <p id={id} className={styles['worksFor']}>
        {words.members.worksForMeans}
      </p>
    </fieldset>
  );
}
