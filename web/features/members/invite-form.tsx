/** Invites somebody: a name, what they may do, and an address where the link may be mailed. A link that was not mailed is shown once, here. */
import { useQueryClient } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { focusOnShow } from '../../ui/focus-on-show.ts';
import { Once } from '../../ui/once.tsx';
import { FormActs } from '../../ui/form-acts.tsx';
import { invitationsQuery } from './members-queries.ts';
import styles from './members-section.module.css';
import { type PracticeRole, RoleSelect } from './role-select.tsx';

type Made = { readonly name: string; readonly link: string | null };

export function InviteForm({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<PracticeRole[]>(['physician']);
  const [made, setMade] = useState<Made | null>(null);
  const [hasFailed, setFailed] = useState(false);

  const invite = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      const { link } = await api.invitations.create({ name: name.trim(), email: email === '' ? null : email, roles });
      setMade({ name: name.trim(), link });
      setName('');
      setEmail('');
      setFailed(false);
    } catch {
      setFailed(true);
    }
    await queries.invalidateQueries({ queryKey: invitationsQuery.queryKey });
  };

  return (
    <section className={`card ${styles['invite']}`} aria-label={words.members.inviteTitle}>
      <form onSubmit={(event) => void invite(event)}>
        <h2>{words.members.inviteTitle}</h2>
        <div className={styles['fields']}>
          <label>
            <span>{words.members.name}</span>
            <input ref={focusOnShow} required maxLength={120} autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
          </label>
          <label>
            <span>{words.members.email}</span>
            <input type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
          </label>
          <label htmlFor="invite-roles">
            <span>{words.members.mayDoLabel}</span>
            <RoleSelect id="invite-roles" label={words.members.mayDoLabel} roles={roles} onChange={setRoles} />
          </label>
        </div>
        <FormActs leave={made === null ? words.cancel : words.done} onLeave={onClose}>
          <UserPlus />
          {words.members.invite}
        </FormActs>
        <p role={hasFailed ? 'alert' : 'status'}>{hasFailed ? words.you.failed : made === null ? null : made.link === null ? words.members.mailed(made.name) : words.members.handOver(made.name)}</p>
      </form>
      {made === null || made.link === null || hasFailed ? null : <Once secret={made.link} label={words.members.linkFor(made.name)} />}
    </section>
  );
}
