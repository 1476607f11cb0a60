/** The practice's members as their admin sees them: who they are, what they may do and show, when they were here; and who is invited. */
import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import type { MemberView } from '#contract/members.ts';
import { words } from '../../messages/all-words.ts';
import { Waiting } from '../../ui/load-states.tsx';
import { SectionPage } from '../../ui/section-page.tsx';
import { InvitationRow } from './invitation-row.tsx';
import { InviteForm } from './invite-form.tsx';
import { MemberRow } from './member-row.tsx';
import { invitationsQuery, membersQuery } from './members-queries.ts';
import styles from './members-section.module.css';

export function MembersSection() {
  const members = useQuery(membersQuery);
  const invitations = useQuery(invitationsQuery);
  const [isInviting, setInviting] = useState(false);
  const all = members.data ?? [];
  const waiting = (invitations.data ?? []).filter(({ state }) => state === 'open' || state === 'expired');
  const active = all.filter(({ isDisabled }) => !isDisabled).length;
  const invite = isInviting ? null : (
    <button type="button" className="btn primary" onClick={() => setInviting(true)}>
      <UserPlus />
      {words.members.invite}
    </button>
  );
  return (
    <SectionPage title={words.members.title} lead={members.isSuccess ? words.members.lead(active) : words.members.text} action={invite}>
      {isInviting ? <InviteForm onClose={() => setInviting(false)} /> : null}
      {members.isError && all.length === 0 ? (
        <p role="alert" className={styles['trouble']}>
          {words.you.failed}
        </p>
      ) : null}
      {members.isPending ? <Waiting text={words.loading(words.members.title)} /> : null}
      {all.length === 0 ? null : (
        <div className={`card ${styles['table']}`}>
          <p className={styles['columns']} aria-hidden="true">
            <span>{words.members.columns.name}</span>
            <span>{words.members.columns.role}</span>
            <span>{words.members.columns.mayShow}</span>
            <span>{words.members.columns.lastHere}</span>
          </p>
          <ul className={styles['list']}>
            {all.map((member) => (
              <MemberRow key={member.id} member={member} physicians={physiciansFor(member, all)} />
            ))}
            {waiting.map((invitation) => (
              <InvitationRow key={invitation.id} invitation={invitation} />
            ))}
          </ul>
        </div>
      )}
      <p className={styles['lost']}>{words.members.lost}</p>
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
    </SectionPage>
  );
}

/** Whom one of the staff may be said to work for: the physicians who may sign in, and those they work for already. */
function physiciansFor(member: MemberView, all: readonly MemberView[]): readonly MemberView[] {
  return all.filter((each) => each.id !== member.id && (member.actsFor.includes(each.id) || (each.roles.includes('physician') && !each.isDisabled)));
}
