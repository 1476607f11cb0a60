/** Who else was on a call, in one sentence; in Discreet mode by what they were alone. Silent where nobody was. */
import { useQuery } from '@tanstack/react-query';
import type { CallId } from '#contract/ids.ts';
import { words } from '../../messages/messages.ts';
import { useDiscreet } from '../at-hand/discreet.ts';
import styles from './call-audio-line.module.css';
import { callEntryQuery } from './log-queries.ts';

export function AlsoOnCall({ callId }: { readonly callId: CallId }) {
  const { data: entry } = useQuery(callEntryQuery(callId));
  const isDiscreet = useDiscreet();
  const others = entry?.others ?? [];
  if (others.length === 0) return null;
  const names = others.map(({ role, name }) => (name === null || isDiscreet ? words.callLog.unnamed[role] : `${name} (${words.callLog.unnamed[role]})`));
  return <p className={styles['line']}>{words.callLog.alsoOnCall(new Intl.ListFormat(words.language).format(names))}</p>;
}
