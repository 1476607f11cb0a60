/** What changes a call of several most, in a sentence above who is there: one waits, or the first has left. What may be done about it stands in the roster. */
import { Pause, UserRoundX } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import styles from './parties-panel.module.css';
import { usePartyNames } from './party-names.ts';
import { addedOf, firstOf, heardOf, isCompany } from './party-words-policy.ts';

export function PartyNotices({ call }: { readonly call: CallView }) {
  const names = usePartyNames();
  const text = words.callParties.news;
  if (!isCompany(call)) return null;
  const first = firstOf(call);
  const heard = heardOf(call);
  const stay = addedOf(call).filter(({ state }) => state === 'answered');
  return (
    <div className={styles['notices']} role="status">
      {first?.state === 'gone' && stay.length > 0 ? (
        <p>
          <UserRoundX />
          <span>{text.firstGone(names.short(first), names.all(stay))}</span>
        </p>
      ) : null}
      {addedOf(call).filter(({ endReason }) => endReason === 'server-restarted').map((party) => (
        <p key={party.party}>
          <UserRoundX />
          <span>{text.cutOff(names.short(party))}</span>
        </p>
      ))}
      {call.parties.filter(({ heldAt }) => heldAt !== null).map((party) => (
        <p key={party.party}>
          <Pause />
          <span>{heard.length === 0 ? text.waitsFor(names.short(party)) : text.apart(names.short(party), names.all(heard))}</span>
        </p>
      ))}
    </div>
  );
}
