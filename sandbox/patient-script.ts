/** The words in which a practice patient's behaviour is written: steps in order, as data. */

/** A recording in voices/, by its file name without `.wav`. */
export type VoiceName = string;

export type PatientStep =
  /** 180 Ringing, for so long. */
  | { do: 'ring'; forMs: number }
  /** 183 with a session description: what follows is heard before the answer. */
  | { do: 'open-early-media' }
  | { do: 'answer' }
  /** A final refusal instead of an answer. `q850` goes into a Reason header (RFC 3326). */
  | { do: 'refuse'; status: number; q850?: number }
  | { do: 'say'; voice: VoiceName }
  | { do: 'play-tone'; tone: 'ringback' | 'mailbox-beep' | 'not-in-service'; forMs: number }
  | { do: 'wait'; forMs: number }
  /** A key as a telephone event, once. */
  | { do: 'press-key'; key: '1' }
  /**
   * Waits until the caller has spoken and then been quiet for `quietMs`. A caller who says nothing for `patienceMs` is
   * asked with `prompt` once, then taken for done, or the script jumps to `otherwise`.
   */
  | { do: 'listen'; quietMs: number; patienceMs: number; prompt?: VoiceName; otherwise?: string }
  /** Takes whatever is said and keeps nothing, until `quietMs` of quiet or `atMostMs`. */
  | { do: 'take-message'; quietMs: number; atMostMs: number }
  /** Everything heard comes back `delayMs` later, until the caller hangs up. */
  | { do: 'echo'; delayMs: number }
  /** Waits for keys, reads them back, and again; goes on after `patienceMs` without a key. */
  | { do: 'read-back-keys'; quietMs: number; patienceMs: number; intro: VoiceName }
  /** A re-INVITE with a=sendonly and music, for so long, then another that resumes. */
  | { do: 'hold'; forMs: number }
  | { do: 'hang-up' }
  /** A place to jump to. */
  | { do: 'label'; name: string };

export type PatientScript = readonly PatientStep[];
