/** Tells a call's device how loud each of several parties is, some five times a second, while it is on. Measures nothing itself. */
import type { PartyRef } from '#contract/calls.ts';
import type { Clock, Timer } from '#server/platform/clock/clock.ts';

const EVERY_MS = 200;

export interface PartyLevel {
  party: PartyRef;
  level: number;
}

export function createLevelMeter({ clock, read, tell }: { clock: Clock; read: () => PartyLevel[]; tell: (levels: PartyLevel[]) => void }) {
  let timer: Timer | undefined;
  const look = (): void => {
    const levels = read();
    if (levels.length > 0) tell(levels);
    timer = clock.after(EVERY_MS, look);
  };
  return {
    set(isOn: boolean): void {
      timer?.cancel();
      timer = undefined;
      if (isOn) look();
    },
  };
}
