/** Whether somebody is at the page: what the page asks by itself must not keep a session from its idle lock. */

/** Long enough to read a list before the next tap; short beside the lock's quarter of an hour. */
const hereForMs = 60_000;

let touchedAtMs = performance.now();
const touch = (): void => {
  touchedAtMs = performance.now();
};
for (const event of ['pointerdown', 'keydown', 'wheel', 'touchstart']) addEventListener(event, touch, { passive: true, capture: true });

export const isSomebodyHere = (): boolean => performance.now() - touchedAtMs < hereForMs;
