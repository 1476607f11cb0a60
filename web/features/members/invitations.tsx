/** Invitations: made with a name and a role, mailed or handed over as a link that is shown once, withdrawn while open. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { invitationsQuery } from './members-queries.ts';
import styles from './members-page.module.css';
import { type PracticeRole, RoleBoxes } from './role-boxes.tsx';

type Made = { readonly name: string; readonly link: string | null };

export function Invitations() {
  const invitations = useQuery(invitationsQuery);
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<PracticeRole[]>(['physician']);
  const [made, setMade] = useState<Made | null>(null);
  const [hasFailed, setFailed] = useState(false);

  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
      setFailed(false);
    } catch {
      setFailed(true);
    }
    await queries.invalidateQueries({ queryKey: invitationsQuery.queryKey });
  };
  const invite = (event: SubmitEvent): void => {
    event.preventDefault();
    void attempt(async () => {
      const { link } = await api.invitations.create({ name, email: email === '' ? null : email, roles });
      setMade({ name, link });
      setName('');
      setEmail('');
    });
  };
  const withdraw = (invitationId: string): void => void attempt(async () => void (await api.invitations.withdraw({ invitationId })));

  return (
    <section aria-label={words.members.inviteTitle}>
      <h2>{words.members.inviteTitle}</h2>
      <form className={`card ${styles['invite']}`} onSubmit={invite}>
        <label htmlFor="invite-name">{words.members.name}</label>
        <input id="invite-name" required maxLength={120} autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
        <label htmlFor="invite-email">{words.members.email}</label>
        <input id="invite-email" type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
        <RoleBoxes legend={words.members.rolesTitle} roles={roles} isDisabled={false} onChange={setRoles} />
        <button type="submit" className="btn primary">
          <UserPlus />
          {words.members.invite}
        </button>
        <p role={hasFailed ? 'alert' : 'status'}>{hasFailed ? words.you.failed : made === null ? null : made.link === null ? words.members.mailed(made.name) : words.members.handOver(made.name)}</p>
        {made === null || made.link === null || hasFailed ? null : <output className={styles['link']}>{made.link}</output>}
      </form>
      <ul className={styles['list']}>
        {(invitations.data ?? [])
          .filter(({ state }) => state === 'open')
          .map((invitation) => (
            <li key={invitation.id}>
              <span className={styles['who']}>
                <b>{invitation.name}</b>
                <small>{words.members.invited(new Date(invitation.expiresAt).toLocaleDateString(words.language, { weekday: 'long', day: 'numeric', month: 'long' }))}</small>
              </span>
              <button type="button" className="btn compact" aria-label={words.members.withdrawWho(invitation.name)} onClick={() => withdraw(invitation.id)}>
                {words.members.withdraw}
              </button>
            </li>
          ))}
      </ul>
    </section>
  );
}
