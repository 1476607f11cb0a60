/** One entry as a sentence: when, who, what; and below it the record and the details, as they are written in the chain. */
import type { AuditEntry } from '#contract/audit.ts';
import type { MemberView } from '#contract/members.ts';
import { words } from '../../messages/all-words.ts';
import { useFormats } from '../sign-in/use-formats.ts';

export function AuditRow({ entry: { seq, at, actor, action, subject, detail }, members }: { readonly entry: AuditEntry; readonly members: readonly MemberView[] }) {
  const { dateAndTime } = useFormats();
  const nameOf = (memberId: string): string => members.find(({ id }) => id === memberId)?.name ?? words.audit.formerMember;
  const who = actor.kind === 'member' ? nameOf(actor.memberId) : actor.kind === 'token' ? words.audit.actors.token(nameOf(actor.memberId)) : words.audit.actors[actor.kind];
  const kinds: Readonly<Record<string, string>> = words.audit.kinds;
  return (
    <li>
      <p>
        <b>{words.audit.actions[action]}</b>
        <span>
          {who}, <time dateTime={at}>{dateAndTime(at)}</time>
        </span>
      </p>
      <small>
        <span>{words.audit.number(seq)}</span>
        {subject === null ? null : (
          <span>
            {kinds[subject.kind] ?? subject.kind} <code>{subject.id}</code>
          </span>
        )}
        {Object.entries(detail).map(([name, value]) => (
          <code key={name}>
            {name} {String(value)}
          </code>
        ))}
      </small>
    </li>
  );
}
