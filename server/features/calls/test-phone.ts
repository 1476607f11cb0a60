/** For tests: a telephone on loopback that the sandbox-free trunk leads to. Real SIP and RTP; does only what the test tells it. */
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createUserAgent, openRtpEndpoint } from '#server/telephony/index.ts';
import type { IncomingSipLeg, RtpEndpoint, SipLegEvent } from '#server/telephony/index.ts';

export interface PhoneCall {
  readonly called: string | undefined;
  readonly from: string;
  readonly leg: IncomingSipLeg;
  readonly audio: RtpEndpoint;
  /** Our answer to the INVITE's offer: for a 183 or the 200. */
  readonly answer: string;
  readonly events: SipLegEvent[];
  readonly digits: string[];
  /** Root of the mean square of what was heard since the last ask; 0 for silence and for nothing. */
  loudness(): number;
  /** The longest time without sound between two frames that had some, since the last ask. */
  longestGapMs(): number;
}

export interface TestPhone {
  readonly port: number;
  /** The next call that rings, or the one that is ringing. */
  nextCall(): Promise<PhoneCall>;
  inviteCount(): number;
  /** Calls a number at this port, as a carrier brings a call; resolves to the final status. */
  bring(number: string, call: { readonly from: string; readonly offer: string; readonly port: number }): Promise<number | undefined>;
  close(): void;
}

/** Root of the mean square of a frame in which something is heard. */
const SOUND = 500;

export async function openTestPhone(): Promise<TestPhone> {
  const ringing: PhoneCall[] = [];
  const waiting: ((call: PhoneCall) => void)[] = [];
  const endpoints: RtpEndpoint[] = [];
  let invites = 0;
  const agent = await createUserAgent({
    listen: { host: '127.0.0.1', udpPort: 0 },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    onInvite(invite) {
      invites += 1;
      const events: SipLegEvent[] = [];
      const leg = invite.take((event) => {
        events.push(event);
        // A hold or a resume of ours: a telephone says yes.
        if (event.type === 'offered' && event.offer !== undefined) {
          const answer = call?.audio.acceptOffer(event.offer);
          if (answer?.ok === true) event.answer(answer.value);
          else event.reject();
        }
      });
      let call: PhoneCall | undefined;
      void openRtpEndpoint({ address: '127.0.0.1', portRange: { from: 18_000, to: 18_999 }, clock: systemClock, random: systemRandom }).then((audio) => {
        const answer = audio?.acceptOffer(invite.offer ?? '');
        if (audio === undefined || answer?.ok !== true) return leg.reject(488);
        endpoints.push(audio);
        let energy = 0;
        let samplesHeard = 0;
        const digits: string[] = [];
        let soundAtMs: number | undefined;
        let longestGapMs = 0;
        audio.onFrame((samples) => {
          let ofFrame = 0;
          for (const sample of samples) ofFrame += sample * sample;
          energy += ofFrame;
          if (ofFrame / samples.length > SOUND ** 2) {
            longestGapMs = Math.max(longestGapMs, performance.now() - (soundAtMs ?? performance.now()));
            soundAtMs = performance.now();
          }
          samplesHeard += samples.length;
        });
        audio.onDtmf((digit) => digits.push(digit));
        call = {
          called: invite.called,
          from: invite.address('from')?.uri ?? '',
          leg,
          audio,
          answer: answer.value,
          events,
          digits,
          longestGapMs() {
            const longest = longestGapMs;
            longestGapMs = 0;
            soundAtMs = undefined;
            return longest;
          },
          loudness() {
            const loudness = samplesHeard === 0 ? 0 : Math.sqrt(energy / samplesHeard);
            energy = 0;
            samplesHeard = 0;
            return loudness;
          },
        };
        const taker = waiting.shift();
        if (taker === undefined) ringing.push(call);
        else taker(call);
      });
    },
  });
  return {
    port: agent.port('udp')!,
    nextCall: () => {
      const call = ringing.shift();
      return call === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(call);
    },
    inviteCount: () => invites,
    bring: (number, { from, offer, port }) =>
      new Promise((resolve) => {
        agent.call({ target: { transport: 'udp', address: '127.0.0.1', port }, requestUri: `sip:${number}@127.0.0.1`, from: { uri: from }, to: { uri: `sip:${number}@127.0.0.1` }, offer, ringTimeoutMs: 10_000 }, (event) => {
          if (event.type === 'ended') resolve(event.end.status);
        });
      }),
    close() {
      for (const endpoint of endpoints) endpoint.close();
      agent.close();
    },
  };
}
