/** One who is invited and has not come yet: until when, a new link, and the invitation's end. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { InvitationView } from '#contract/members.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { Once } from '../../ui/once.tsx';
import { useFormats } from '../sign-in/use-formats.ts';
import { invitationsQuery } from './members-queries.ts';
import styles from './members-section.module.css';

export function InvitationRow({ invitation: { id, name, roles, expiresAt, state } }: { readonly invitation: InvitationView }) {
  const { wholeDay } = useFormats();
  const queries = useQueryClient();
  const [sent, setSent] = useState<{ readonly link: string | null } | null>(null);
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
  const resend = (): Promise<void> => attempt(async () => setSent({ link: (await api.invitations.resend({ invitationId: id })).link }));
  const withdraw = (): Promise<void> => attempt(async () => void (await api.invitations.withdraw({ invitationId: id })));
  return (
    <li>
      <span className={styles['who']}>
        <b>{name}</b>
        <small>{state === 'expired' ? words.members.invitationOver : words.members.invited(wholeDay(expiresAt))}</small>
      </span>
      <span className={styles['invitedAs']}>{roles.flatMap((role) => (role === 'operator' ? [] : [words.members.roles[role]])).join(', ')}</span>
      <span className={`${styles['later']} ${styles['act']}`}>
        <button type="button" className="btn compact" aria-label={words.members.resendWho(name)} onClick={() => void resend()}>
          {words.members.resend}
        </button>
        <button type="button" className="btn compact quiet" aria-label={words.members.withdrawWho(name)} onClick={() => void withdraw()}>
          {words.members.withdraw}
        </button>
      </span>
      {hasFailed || sent !== null ? (
        <p role={hasFailed ? 'alert' : 'status'} className={hasFailed ? styles['trouble'] : styles['news']}>
          {hasFailed ? words.you.failed : sent?.link === null ? words.members.mailed(name) : words.members.handOver(name)}
        </p>
      ) : null}
      {sent === null || sent.link === null || hasFailed ? null : <Once secret={sent.link} label={words.members.linkFor(name)} />}
    </li>
  );
}
