/** Who made a call and in whose name, where that is not simply the reader. */
import type { CallLogEntry } from '#contract/call-log.ts';
import { words } from '../../messages/messages.ts';
import { useMemberNames } from '../members/use-member-names.ts';
import { useSession } from '../sign-in/use-session.ts';

/** Empty for a call of one's own, and for one that came in. */
export function useWhoCalled(): (call: Pick<CallLogEntry, 'madeBy' | 'onBehalfOf'>) => string {
  const { member } = useSession();
  const nameOf = useMemberNames();
  return ({ madeBy, onBehalfOf }) => {
    if (madeBy === null) return '';
    if (onBehalfOf === null) return madeBy === member.id ? '' : words.callLog.calledBy(nameOf(madeBy));
    return madeBy === member.id ? words.callLog.calledFor(nameOf(onBehalfOf)) : words.callLog.calledByFor(nameOf(madeBy), nameOf(onBehalfOf));
  };
}
