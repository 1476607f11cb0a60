/** This tab's own id and the call it carries, kept for as long as the tab lives: they tell a refresh from a second device. */
import { type CallId, callIdSchema, type DeviceId, deviceIdSchema } from '#contract/ids.ts';
import { carriedKey, deviceKey } from './device-memory.ts';

/** A refresh's old page lets go of its lock within a few milliseconds. */
const releaseWithinMs = 700;

const newDeviceId = (): DeviceId => deviceIdSchema.parse(crypto.randomUUID());

/** Holds the lock until the page goes; false where another living page holds it. */
async function claim(deviceId: DeviceId): Promise<boolean> {
  if (!('locks' in navigator)) return true;
  return new Promise((resolve) => {
    const untilGone = async (): Promise<void> => {
      resolve(true);
      await new Promise(() => {});
    };
    navigator.locks.request(`quietline-device-${deviceId}`, { signal: AbortSignal.timeout(releaseWithinMs) }, untilGone).catch(() => resolve(false));
  });
}

/** Browsers copy a tab's storage into its duplicate: the second page to claim an id takes a new one. */
export async function claimDeviceId(): Promise<{ readonly deviceId: DeviceId; readonly carriedCallId: CallId | null }> {
  const stored = deviceIdSchema.safeParse(sessionStorage.getItem(deviceKey));
  if (stored.success && (await claim(stored.data))) {
    const carried = callIdSchema.safeParse(sessionStorage.getItem(carriedKey));
    return { deviceId: stored.data, carriedCallId: carried.success ? carried.data : null };
  }
  const deviceId = newDeviceId();
  sessionStorage.setItem(deviceKey, deviceId);
  sessionStorage.removeItem(carriedKey);
  await claim(deviceId);
  return { deviceId, carriedCallId: null };
}

export function rememberCarried(callId: CallId | null): void {
  if (callId === null) sessionStorage.removeItem(carriedKey);
  else sessionStorage.setItem(carriedKey, callId);
}
