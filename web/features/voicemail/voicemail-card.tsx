/** One message: who left it, as far as is known; played, settled, answered by a call, or taken away. */
import { Check, Phone, Trash2, Undo2 } from 'lucide-react';
import type { VoicemailView } from '#contract/voicemail.ts';
import { words } from '../../messages/messages.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { useDial } from '../calls/use-dial.ts';
import { useMemberNames } from '../members/use-member-names.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { VoicemailPlayback } from './voicemail-playback.tsx';
import styles from './voicemail.module.css';

export interface VoicemailCardProps {
  readonly message: VoicemailView;
  readonly onDone: (isDone: boolean) => void;
  readonly onDelete: () => void;
}

export function lasts(durationMs: number): string {
  const seconds = Math.max(1, Math.round(durationMs / 1_000));
  return words.voicemail.lasts(Math.floor(seconds / 60), seconds % 60);
}

export function VoicemailCard({ message, onDone, onDelete }: VoicemailCardProps) {
  const formats = useFormats();
  const shown = useShown();
  const dial = useDial();
  const who = shown.who(message);
  const text = words.voicemail;
  const { number } = message;
  return (
    <li className={`card ${styles['card']}`} aria-label={who}>
      <p className={styles['head']}>
        {message.isHeard || message.done !== null ? null : <span className={styles['new']}>{text.isNew}</span>}
        <time dateTime={message.receivedAt}>{formats.dayAndTime(message.receivedAt)}</time>
      </p>
      <h3>{message.partyName === null ? who : text.probably(who)}</h3>
      <p>{[lasts(message.durationMs), text.toLine(message.line.name)].join(' · ')}</p>
      {message.isReadable ? <VoicemailPlayback callId={message.callId} durationMs={message.durationMs} who={who} /> : <p className={styles['lost']}>{text.unreadable}</p>}
      <VoicemailFacts message={message} />
      <span className={styles['acts']}>
        {number === null ? null : (
          <button type="button" className="btn compact" aria-label={text.callBackWho(who)} onClick={() => dial({ to: number, partyName: message.partyName })}>
            <Phone className="small" />
            {text.callBack}
          </button>
        )}
        <button type="button" className="btn quiet compact" aria-label={message.done === null ? text.doneWhich(who) : text.notDoneWhich(who)} onClick={() => onDone(message.done === null)}>
          {message.done === null ? <Check className="small" /> : <Undo2 className="small" />}
          {message.done === null ? text.done : text.notDone}
        </button>
        <button type="button" className="btn quiet compact" aria-label={text.deleteWhich(who)} onClick={onDelete}>
          <Trash2 className="small" />
          {text.delete}
        </button>
      </span>
    </li>
  );
}

/** Who has heard it, who settled it, how long it stays. */
function VoicemailFacts({ message }: { readonly message: VoicemailView }) {
  const formats = useFormats();
  const nameOf = useMemberNames();
  const { member } = useSession();
  const text = words.voicemail;
  const name = (memberId: VoicemailView['heardBy'][number]['memberId']): string => (memberId === member.id ? text.you : nameOf(memberId));
  const parts = [
    message.heardBy.length === 0 ? text.heardByNobody : text.heardBy(message.heardBy.map(({ memberId }) => name(memberId)).join(', ')),
    message.done === null ? '' : text.doneBy(name(message.done.by)),
    text.destroyedOn(formats.day(message.destroyedAt)),
  ];
  return (
    <>
      {message.partyName === null ? null : <p className={styles['facts']}>{text.noProof}</p>}
      <p className={styles['facts']}>{parts.filter((part) => part !== '').join(' · ')}</p>
    </>
  );
}
