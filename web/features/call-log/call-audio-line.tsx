/** One sentence on how a call sounded, with the figures behind it for whoever wants them. Silent on calls that reached nobody. */
import { useQuery } from '@tanstack/react-query';
import { audioWordOf } from '#contract/call-audio-word.ts';
import type { CallId } from '#contract/ids.ts';
import { words } from '../../messages/messages.ts';
import { callEntryQuery } from './log-queries.ts';
import styles from './call-audio-line.module.css';

const percent = (share: number): number => Math.round(share * 100);

export function CallAudioLine({ callId }: { readonly callId: CallId }) {
  const { data: entry } = useQuery(callEntryQuery(callId));
  const audio = entry?.audio ?? null;
  if (audio === null) return null;
  const { device, party, report } = audio;
  return (
    <details className={styles['line']}>
      <summary>{words.callLog.audio[audioWordOf(audio)]}</summary>
      <ul>
        <li>{words.callLog.audioFromYou({ lost: percent(device.lostShare), restored: percent(device.restoredShare), madeUp: percent(device.concealedShare) })}</li>
        <li>{words.callLog.audioToYou({ lost: percent(device.missedShare ?? 0), jitterMs: device.jitterMs, roundTripMs: device.roundTripMs ?? 0 })}</li>
        {report === null ? null : <li>{words.callLog.audioAtDevice(percent(report.concealedShare))}</li>}
        <li>{words.callLog.audioOfTrunk({ lost: percent(party.lostShare), missed: percent(party.missedShare ?? 0) })}</li>
        {device.codec === null || party.codec === null ? null : <li>{words.callLog.audioCodecs(device.codec, party.codec)}</li>}
        {report === null || report.path === null ? null : <li>{words.callLog.audioPath[report.path]}</li>}
      </ul>
    </details>
  );
}
