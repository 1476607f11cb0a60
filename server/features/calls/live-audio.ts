/** Looks at a live call's audio every two seconds, and says how it was over the last six: when that has changed, and every ten seconds. Judges nothing. */
import type { CallAudio } from '#contract/call-audio.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { LegStatistics } from '#server/telephony/index.ts';
import { audioOf, countedBetween } from './call-audio-policy.ts';

export interface LiveAudio {
  /** From the answer on. Again: from now on, because what was counted before came another way. */
  begin(): void;
  end(): void;
}

interface Look {
  readonly device: LegStatistics;
  readonly parties: readonly LegStatistics[];
}

const LOOK_EVERY_MS = 2_000;
/** Said again though nothing changed: a page believes no view for long. */
const TELL_AGAIN_AFTER_MS = 10_000;
/** The first of them is what a new one is counted from. */
const LOOKS_KEPT = 3;
/** Fewer packets than this from the device say nothing of its network: it is gone, or they pass us by. */
const FEWEST_PACKETS = 50;

/** Who came between the two looks is counted from the next one on. */
const partiesBetween = (from: Look, to: Look): LegStatistics[] =>
  to.parties.flatMap((party) => {
    const before = from.parties.find(({ leg }) => leg === party.leg);
    return before === undefined ? [] : [countedBetween(before, party)];
  });

export function createLiveAudio({ look, tell, clock }: { look: () => Look | undefined; tell: (audio: CallAudio) => void; clock: Clock }): LiveAudio {
  let looks: Look[] = [];
  let told = '';
  let toldAtMs = 0;
  let timer: Timer | undefined;

  const next = (): void => {
    timer = clock.after(LOOK_EVERY_MS, next);
    const now = look();
    if (now === undefined) return void (looks = []);
    const first = looks[0];
    looks = [...looks, now].slice(-LOOKS_KEPT);
    if (first === undefined) return;
    const device = countedBetween(first.device, now.device);
    if (device.packetsReceived < FEWEST_PACKETS) return;
    const audio = audioOf(device, partiesBetween(first, now), null);
    const text = JSON.stringify(audio);
    const nowMs = clock.monotonic();
    if (audio === undefined || (text === told && nowMs - toldAtMs < TELL_AGAIN_AFTER_MS)) return;
    told = text;
    toldAtMs = nowMs;
    tell(audio);
  };

  return {
    begin() {
      timer?.cancel();
      looks = [];
      told = '';
      timer = clock.after(LOOK_EVERY_MS, next);
    },
    end() {
      timer?.cancel();
      timer = undefined;
    },
  };
}
