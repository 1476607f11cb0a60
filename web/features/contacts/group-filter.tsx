/** Whom the list shows: everybody, or one group; and the way to delete that group. There only where there are groups. */
import { useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import type { GroupView } from '#contract/contacts.ts';
import { words } from '../../messages/all-words.ts';
import styles from './contacts-page.module.css';
import { groupsQuery } from './contact-queries.ts';

interface GroupFilterProps {
  readonly chosen: GroupView | null;
  readonly onChoose: (group: GroupView | null) => void;
  readonly onDelete: (group: GroupView) => void;
}

export function GroupFilter({ chosen, onChoose, onDelete }: GroupFilterProps) {
  const groups = useQuery(groupsQuery).data ?? [];
  if (groups.length === 0 && chosen === null) return null;
  return (
    <div className={styles['groups']}>
      <select aria-label={words.contacts.group} value={chosen?.id ?? ''} onChange={(event) => onChoose(groups.find(({ id }) => id === event.target.value) ?? null)}>
        <option value="">{words.contacts.everyGroup}</option>
        {groups.map((group) => (
          <option key={group.id} value={group.id}>
            {`${group.name} (${group.count})`}
          </option>
        ))}
      </select>
      {chosen === null ? null : (
        <button type="button" className="btn compact" onClick={() => onDelete(chosen)}>
          <Trash2 className="small" />
          {words.contacts.deleteGroup}
        </button>
      )}
    </div>
  );
}
