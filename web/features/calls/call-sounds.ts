/** The few sounds of a call: ticks that say what a screen says, for someone who does not look. Quiet, short, never while the other side speaks first. */

export type CallSound = 'answered' | 'muted' | 'unmuted' | 'hold-reminder' | 'reconnecting' | 'ended';

interface Tick {
  readonly hertz: number;
  readonly atMs: number;
  readonly lastsMs: number;
}

const ticks: Readonly<Record<CallSound, readonly Tick[]>> = {
  answered: [{ hertz: 880, atMs: 0, lastsMs: 60 }],
  muted: [
    { hertz: 392, atMs: 0, lastsMs: 55 },
    { hertz: 392, atMs: 110, lastsMs: 55 },
  ],
  unmuted: [
    { hertz: 784, atMs: 0, lastsMs: 55 },
    { hertz: 784, atMs: 110, lastsMs: 55 },
  ],
  'hold-reminder': [{ hertz: 587, atMs: 0, lastsMs: 60 }],
  reconnecting: [{ hertz: 220, atMs: 0, lastsMs: 180 }],
  ended: [
    { hertz: 587, atMs: 0, lastsMs: 70 },
    { hertz: 440, atMs: 80, lastsMs: 90 },
  ],
};

/** The two frequencies of each key (ITU-T Q.23), played back to the one who pressed it. */
const keyTones: Readonly<Record<string, readonly [number, number]>> = {
  '1': [697, 1209], '2': [697, 1336], '3': [697, 1477],
  '4': [770, 1209], '5': [770, 1336], '6': [770, 1477],
  '7': [852, 1209], '8': [852, 1336], '9': [852, 1477],
  '*': [941, 1209], '0': [941, 1336], '#': [941, 1477],
};

let context: AudioContext | null = null;

function play(hertz: number, atMs: number, lastsMs: number, peak: number): void {
  context ??= new AudioContext();
  // Before a person's first tap the browser keeps it asleep; then the screen and the screen reader say it alone.
  if (context.state === 'suspended') void context.resume();
  const start = context.currentTime + atMs / 1_000;
  const end = start + lastsMs / 1_000;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(peak, start + 0.008);
  gain.gain.setValueAtTime(peak, end - 0.02);
  gain.gain.linearRampToValueAtTime(0, end);
  const oscillator = context.createOscillator();
  oscillator.frequency.value = hertz;
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(end);
}

export function playSound(sound: CallSound): void {
  for (const { hertz, atMs, lastsMs } of ticks[sound]) play(hertz, atMs, lastsMs, 0.08);
}

export function playKeyTone(key: string): void {
  for (const hertz of keyTones[key] ?? []) play(hertz, 0, 110, 0.04);
}

/** A soft third, for choosing a speaker. */
export async function playTestTone(speakerId: string | null): Promise<void> {
  const test = new AudioContext();
  const destination = test.createMediaStreamDestination();
  const audio = new Audio();
  audio.srcObject = destination.stream;
  if (speakerId !== null && 'setSinkId' in audio) await audio.setSinkId(speakerId).catch(() => {});
  const gain = test.createGain();
  gain.gain.value = 0.12;
  gain.connect(destination);
  for (const [index, hertz] of [523, 659].entries()) {
    const oscillator = test.createOscillator();
    oscillator.frequency.value = hertz;
    oscillator.connect(gain);
    oscillator.start(test.currentTime + index * 0.35);
    oscillator.stop(test.currentTime + index * 0.35 + 0.3);
  }
  await audio.play().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 900));
  await test.close();
}
