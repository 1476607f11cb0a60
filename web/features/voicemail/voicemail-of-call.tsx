/** The message of one call, where the call itself is shown: in the log, in a contact's history. Nothing once it is destroyed. */
import { useQuery } from '@tanstack/react-query';
import type { CallId } from '#contract/ids.ts';
import { isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { VoicemailPlayback } from './voicemail-playback.tsx';
import { voicemailOfCallQuery } from './voicemail-queries.ts';
import styles from './voicemail.module.css';

export function VoicemailOfCall({ callId }: { readonly callId: CallId }) {
  const { data: message, isError, error } = useQuery(voicemailOfCallQuery(callId));
  const shown = useShown();
  if (isError && message === undefined) return <p className={styles['none']}>{isRefusal(error, 'VOICEMAIL_NOT_FOUND') ? words.voicemail.gone : words.voicemail.failed}</p>;
  if (message === undefined) return null;
  if (!message.isReadable) return <p className={styles['lost']}>{words.voicemail.unreadable}</p>;
  return <VoicemailPlayback callId={callId} durationMs={message.durationMs} who={shown.who(message)} />;
}
