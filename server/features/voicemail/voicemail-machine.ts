/** One caller who may leave a message: greeting, beep, message, farewell. (voicemail, event) in, (voicemail, effects) out; speaks, keeps and hangs up nothing itself. */
import { assertNever } from '#contract/result.ts';

export type VoicemailPhase = 'answering' | 'greeting' | 'beep' | 'recording' | 'farewell' | 'over';

export interface Voicemail {
  readonly phase: VoicemailPhase;
  /** Of the recording: how long it is, how much of it was speech, and how long nobody has spoken. */
  readonly recordedMs: number;
  readonly spokenMs: number;
  readonly quietMs: number;
}

export type VoicemailEvent =
  /** The caller hears us from now on. */
  | { readonly type: 'answered' }
  /** What was played has come to its end. */
  | { readonly type: 'heard-all' }
  /** 20 ms of the caller. */
  | { readonly type: 'frame'; readonly isSpeech: boolean }
  | { readonly type: 'key'; readonly key: string }
  /** Hung up, or their network has gone. */
  | { readonly type: 'caller-left' }
  /** What was said could not be written. */
  | { readonly type: 'not-kept' }
  /** The server stops, or the longest time a caller may take is over. */
  | { readonly type: 'stopped' };

export type VoicemailEffect =
  | { readonly do: 'play'; readonly sound: 'greeting' | 'beep' | 'farewell' | 'apology' }
  | { readonly do: 'begin-recording' }
  /** The frame of this event belongs to the message. */
  | { readonly do: 'keep-frame' }
  /** Not a message: nobody spoke, and nothing stays of it. */
  | { readonly do: 'end-recording'; readonly isMessage: boolean }
  | { readonly do: 'hang-up' };

export interface VoicemailStep {
  readonly voicemail: Voicemail;
  readonly effects: readonly VoicemailEffect[];
}

export const FRAME_MS = 20;
/** What mailboxes of telephone networks take; who needs longer calls again. */
export const LONGEST_MESSAGE_MS = 180_000;
/** Long enough to look up a number, short enough to be told from one who has gone. */
export const QUIET_ENDS_MS = 8_000;
/** A cough is no message. */
export const SHORTEST_SPEECH_MS = 400;

export const newVoicemail: Voicemail = { phase: 'answering', recordedMs: 0, spokenMs: 0, quietMs: 0 };

const stay = (voicemail: Voicemail, ...effects: VoicemailEffect[]): VoicemailStep => ({ voicemail, effects });
const to = (voicemail: Voicemail, phase: VoicemailPhase, ...effects: VoicemailEffect[]): VoicemailStep => ({ voicemail: { ...voicemail, phase }, effects });
const endOf = ({ spokenMs }: Voicemail): VoicemailEffect => ({ do: 'end-recording', isMessage: spokenMs >= SHORTEST_SPEECH_MS });

export function stepVoicemail(voicemail: Voicemail, event: VoicemailEvent): VoicemailStep {
  const { phase } = voicemail;
  if (phase === 'over') return stay(voicemail);
  switch (event.type) {
    case 'answered':
      return phase === 'answering' ? to(voicemail, 'greeting', { do: 'play', sound: 'greeting' }) : stay(voicemail);
    case 'heard-all':
      if (phase === 'greeting') return to(voicemail, 'beep', { do: 'play', sound: 'beep' });
      if (phase === 'beep') return to(voicemail, 'recording', { do: 'begin-recording' });
      return phase === 'farewell' ? to(voicemail, 'over', { do: 'hang-up' }) : stay(voicemail);
    case 'frame':
      return phase === 'recording' ? afterFrame(voicemail, event.isSpeech) : stay(voicemail);
    case 'key':
      // Whoever knows the greeting goes on to the beep with any key; "#" ends a message, as on every mailbox.
      if (phase === 'greeting') return to(voicemail, 'beep', { do: 'play', sound: 'beep' });
      return phase === 'recording' && event.key === '#' ? to(voicemail, 'farewell', endOf(voicemail), { do: 'play', sound: 'farewell' }) : stay(voicemail);
    case 'caller-left':
      return phase === 'recording' ? to(voicemail, 'over', endOf(voicemail)) : to(voicemail, 'over');
    case 'not-kept':
      // What was written before stays, and may be all of it that matters; the caller must know that it is not all.
      return phase === 'recording' ? to(voicemail, 'farewell', endOf(voicemail), { do: 'play', sound: 'apology' }) : stay(voicemail);
    case 'stopped':
      return phase === 'recording' ? to(voicemail, 'over', endOf(voicemail), { do: 'hang-up' }) : to(voicemail, 'over', { do: 'hang-up' });
    default:
      return assertNever(event);
  }
}

function afterFrame(before: Voicemail, isSpeech: boolean): VoicemailStep {
  const voicemail: Voicemail = {
    ...before,
    recordedMs: before.recordedMs + FRAME_MS,
    spokenMs: before.spokenMs + (isSpeech ? FRAME_MS : 0),
    quietMs: isSpeech ? 0 : before.quietMs + FRAME_MS,
  };
  const isOver = voicemail.quietMs >= QUIET_ENDS_MS || voicemail.recordedMs >= LONGEST_MESSAGE_MS;
  return isOver ? to(voicemail, 'farewell', { do: 'keep-frame' }, endOf(voicemail), { do: 'play', sound: 'farewell' }) : stay(voicemail, { do: 'keep-frame' });
}
