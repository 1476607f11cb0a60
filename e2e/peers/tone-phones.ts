/** Telephones at the end of one trunk, one a number: each answers, refuses or rings as told, plays a tone of its own, and keeps the last moments of what it hears. Real SIP and RTP. */
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createUserAgent, openRtpEndpoint, type IncomingSipLeg, type RtpEndpoint } from '#server/telephony/index.ts';
import { durationMs } from '../audio/speech-match.ts';
import type { Recording } from '../audio/wav-file.ts';

export interface TonePhone {
  /** Everything heard in the call that goes on, or was last. */
  heard(): Recording;
  digits(): string;
  /** In a call now: neither side has said BYE. */
  isInCall(): boolean;
  play(hertz: number | undefined): void;
  hangUp(): void;
}

export interface TonePhones {
  readonly port: number;
  phone(number: string): TonePhone;
  /** Dialogs that are open at this end of the trunk. */
  openCount(): number;
  close(): void;
}

const SAMPLE_RATE = 8_000;
const LONGEST_MS = 600_000;

const toneOf = (hertz: number): Int16Array => Int16Array.from({ length: SAMPLE_RATE }, (_, index) => 8_000 * Math.sin((2 * Math.PI * hertz * index) / SAMPLE_RATE));

/** Whoever is not named in `numbers` is busy. */
export async function startTonePhones(numbers: readonly string[]): Promise<TonePhones> {
  const calls = new Map<string, { leg: IncomingSipLeg; audio: RtpEndpoint; frames: Int16Array[]; digits: string[]; isOver: boolean }>();
  const agent = await createUserAgent({
    listen: { host: '127.0.0.1', udpPort: 0 },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    onInvite(invite) {
      const number = invite.called ?? '';
      const leg = invite.take((event) => {
        const call = calls.get(number);
        if (call?.leg !== leg) return;
        if (event.type === 'ended') {
          call.isOver = true;
          call.audio.close();
        }
        if (event.type !== 'offered') return;
        if (event.offer === undefined) return event.answer(call.audio.createOffer());
        const answer = call.audio.acceptOffer(event.offer);
        if (answer.ok) event.answer(answer.value);
        else event.reject();
      });
      if (!numbers.includes(number)) return leg.reject(486);
      leg.progress(180);
      void openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 15_000, to: 15_999 }, clock: systemClock, random: systemRandom }).then((audio) => {
        const answer = audio?.acceptOffer(invite.offer ?? '');
        if (audio === undefined || answer?.ok !== true) return leg.reject(488);
        const call = { leg, audio, frames: [] as Int16Array[], digits: [] as string[], isOver: false };
        audio.onFrame((samples) => call.frames.push(samples.slice()));
        audio.onDtmf((digit) => call.digits.push(digit));
        calls.set(number, call);
        leg.answer(answer.value);
        // A telephone sends its room's sound all the time.
        void audio.play({ kind: 'tone', tone: 'comfort', country: 'US' });
      });
    },
  });
  return {
    port: agent.port('udp')!,
    phone: (number) => ({
      heard() {
        const frames = calls.get(number)?.frames ?? [];
        const samples = new Int16Array(frames.reduce((total, frame) => total + frame.length, 0));
        frames.reduce((offset, frame) => (samples.set(frame, offset), offset + frame.length), 0);
        const recording = { sampleRate: SAMPLE_RATE, samples };
        if (durationMs(recording) > LONGEST_MS) throw new Error('This telephone was left in a call.');
        return recording;
      },
      digits: () => calls.get(number)?.digits.join('') ?? '',
      isInCall: () => calls.get(number)?.isOver === false,
      play(hertz) {
        void calls.get(number)?.audio.play(hertz === undefined ? { kind: 'tone', tone: 'comfort', country: 'US' } : { kind: 'clip', samples: toneOf(hertz), times: Infinity });
      },
      hangUp: () => calls.get(number)?.leg.hangUp(),
    }),
    openCount: () => agent.counts().dialogs,
    close() {
      for (const { audio } of calls.values()) audio.close();
      agent.close();
    },
  };
}
