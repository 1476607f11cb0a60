/** The practice's members: who they are and what they may do; for admins also whom one has invited. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MemberView } from '#contract/members.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useSession } from '../sign-in/use-session.ts';
import { Invitations } from './invitations.tsx';
import { membersQuery } from './members-queries.ts';
import styles from './members-page.module.css';
import { type PracticeRole, RoleBoxes } from './role-boxes.tsx';

export function MembersPage() {
  useTitle(words.pages.title(words.members.title));
  const isAdmin = useSession().roles.includes('practice-admin');
  const members = useQuery(membersQuery);
  const all: readonly MemberView[] = members.data ?? [];
  return (
    <main id="main" className={styles['page']}>
      <h1>{words.members.title}</h1>
      <p className={styles['lead']}>{words.members.text}</p>
      {members.isError && all.length === 0 ? <p role="alert">{words.you.failed}</p> : null}
      <ul className={`card ${styles['list']}`}>
        {all.map((member) => (
          <MemberRow key={member.id} member={member} isMine={isAdmin} />
        ))}
      </ul>
      {isAdmin ? <Invitations /> : null}
      <section aria-label={words.members.rolesTitle}>
        <h2>{words.members.rolesTitle}</h2>
        <dl className={`card ${styles['roles']}`}>
          {(['physician', 'staff', 'practice-admin'] as const).map((role) => (
            <div key={role}>
              <dt>{words.members.roles[role]}</dt>
              <dd>{words.members.mayDo[role]}</dd>
            </div>
          ))}
        </dl>
      </section>
    </main>
  );
}

/** `isMine`: the reader may change it. */
function MemberRow({ member, isMine }: { readonly member: MemberView; readonly isMine: boolean }) {
  const { member: me } = useSession();
  const queries = useQueryClient();
  const [trouble, setTrouble] = useState<string | null>(null);
  const isMe = member.id === me.id;

  const change = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
      setTrouble(null);
    } catch (error) {
      setTrouble(isRefusal(error, 'LAST_ADMIN') ? words.members.lastAdmin : words.you.failed);
    }
    await queries.invalidateQueries({ queryKey: membersQuery.queryKey });
  };
  const setRoles = (roles: PracticeRole[]): void => void change(() => api.members.setRoles({ memberId: member.id, roles }));
  const setDisabled = (isDisabled: boolean): void => void change(() => (isDisabled ? api.members.disable({ memberId: member.id }) : api.members.enable({ memberId: member.id })));

  return (
    <li>
      <span className={styles['who']}>
        <b>{member.name}</b>
        <small>{member.isDisabled ? words.members.disabled : isMe ? words.members.you : words.members.joined(new Date(member.joinedAt).toLocaleDateString(words.language, { day: 'numeric', month: 'long', year: 'numeric' }))}</small>
      </span>
      <RoleBoxes legend={words.members.rolesOf(member.name)} roles={member.roles.filter((role) => role !== 'operator')} isDisabled={member.isDisabled || !isMine} onChange={setRoles} />
      {isMe || !isMine ? null : (
        <button type="button" className="btn compact" aria-label={member.isDisabled ? words.members.enableWho(member.name) : words.members.disableWho(member.name)} onClick={() => setDisabled(!member.isDisabled)}>
          {member.isDisabled ? words.members.enable : words.members.disable}
        </button>
      )}
      {trouble === null ? null : <p role="alert">{trouble}</p>}
    </li>
  );
}
