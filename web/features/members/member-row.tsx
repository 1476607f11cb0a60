/** One member: who, how they come in, what they may do, which lines they may show, when they were last here; and the way to stop their sign-in. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MemberView } from '#contract/members.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { sessionQuery } from '../../api/queries.ts';
import type { Formats } from '../../messages/formats.ts';
import { words } from '../../messages/all-words.ts';
import { Once } from '../../ui/once.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { ActsForBoxes } from './acts-for-boxes.tsx';
import { lastHere } from './last-here-policy.ts';
import { LinesToShowBoxes, MayShow, useLinesToShow } from './lines-to-show.tsx';
import { invitationsQuery, membersQuery } from './members-queries.ts';
import styles from './members-section.module.css';
import { type PracticeRole, RoleSelect } from './role-select.tsx';

/** `physicians`: whom they may be said to work for. */
export function MemberRow({ member, physicians }: { readonly member: MemberView; readonly physicians: readonly MemberView[] }) {
  const { member: me } = useSession();
  const queries = useQueryClient();
  const formats = useFormats();
  const nowMs = useNow(30_000);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isChoosingLines, setChoosingLines] = useState(false);
  const linesToShow = useLinesToShow(member.id);
  const [linkBack, setLinkBack] = useState<string | null>(null);
  const isMe = member.id === me.id;

  const change = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
      setTrouble(null);
    } catch (error) {
      setTrouble(isRefusal(error, 'LAST_ADMIN') ? words.members.lastAdmin : isRefusal(error, 'IS_OPERATOR') ? words.members.isOperator : words.you.failed);
    }
    await Promise.all([queries.invalidateQueries({ queryKey: membersQuery.queryKey }), queries.invalidateQueries({ queryKey: sessionQuery.queryKey }), queries.invalidateQueries({ queryKey: invitationsQuery.queryKey })]);
  };
  const inviteBack = (): void => void change(async () => setLinkBack((await api.members.inviteBack({ memberId: member.id })).link));
  const setRoles = (roles: PracticeRole[]): void => void change(() => api.members.setRoles({ memberId: member.id, roles }));
  const setDisabled = (isDisabled: boolean): void => void change(() => (isDisabled ? api.members.disable({ memberId: member.id }) : api.members.enable({ memberId: member.id })));

  const here = lastHere(member.lastHereAt, nowMs, words.members.lastHere, formats);
  return (
    <li className={member.isDisabled ? styles['stopped'] : ''}>
      <span className={styles['who']}>
        <b>{isMe ? words.members.isYou(member.name) : member.name}</b>
        <small>{member.isDisabled ? words.members.disabled : waysInWords(member, formats.date)}</small>
      </span>
      <RoleSelect label={words.members.rolesOf(member.name)} roles={member.roles.filter((role) => role !== 'operator')} isDisabled={member.isDisabled} onChange={setRoles} />
      <MayShow member={member} lines={linesToShow} isOpen={isChoosingLines} onToggle={() => setChoosingLines(!isChoosingLines)} />
      <span className={styles['last']}>
        <span className={styles['here']}>
          <span className={styles['columnLabel']}>{words.members.columns.lastHere} </span>
          {here}
        </span>
        {isMe ? null : (
          <button type="button" className={`btn compact ${styles['act']}`} aria-label={member.isDisabled ? words.members.enableWho(member.name) : words.members.disableWho(member.name)} onClick={() => setDisabled(!member.isDisabled)}>
            {member.isDisabled ? words.members.enable : words.members.disable}
          </button>
        )}
        {member.isDisabled && !isMe ? (
          <button type="button" className={`btn compact quiet ${styles['act']}`} aria-label={words.members.inviteBackWho(member.name)} onClick={inviteBack}>
            {words.members.inviteBack}
          </button>
        ) : null}
      </span>
      {linkBack === null || !member.isDisabled ? null : (
        <>
          <p role="status" className={styles['news']}>
            {words.members.backMeans(member.name)}
          </p>
          <Once secret={linkBack} label={words.members.linkFor(member.name)} />
        </>
      )}
      {isChoosingLines && !member.isDisabled ? <LinesToShowBoxes member={member} lines={linesToShow} /> : null}
      {member.roles.includes('staff') && !member.isDisabled ? (
        <ActsForBoxes member={member} physicians={physicians} onChange={(physicianIds) => void change(() => api.members.setActsFor({ memberId: member.id, physicianIds }))} />
      ) : null}
      {trouble === null ? null : (
        <p role="alert" className={styles['trouble']}>
          {trouble}
        </p>
      )}
    </li>
  );
}

/** One with a single way in is one lost telephone from being locked out, and the list says so. */
function waysInWords({ waysIn, joinedAt }: MemberView, date: Formats['date']): string {
  if (waysIn === null) return words.members.joined(date(joinedAt));
  const { passkeys, hasSecondWay, hasCommunity } = waysIn;
  const others = [...(hasSecondWay ? [words.members.ways.secondWay] : []), ...(hasCommunity ? [words.members.ways.community] : [])];
  if (passkeys.length === 0) return others.length === 0 ? words.members.ways.none : others.join(', ');
  if (passkeys.length === 1 && others.length === 0) return words.members.ways.onlyOne(passkeys[0]!);
  return [words.members.ways.passkeys(passkeys.join(', ')), ...others].join('; ');
}
