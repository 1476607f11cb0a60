/** Says aloud, within a second, that a call for help was not dialled. Speech where the browser has a voice; a warning tone where it has none or stays silent. */

/** Speech that has not begun by then will be too late. */
const speechBeginsWithinMs = 450;

function warnByTone(): () => void {
  const context = new AudioContext();
  void context.resume();
  const gain = context.createGain();
  gain.gain.value = 0.2;
  gain.connect(context.destination);
  // The intercept cadence of telephone networks: three rising tones, thrice.
  for (let round = 0; round < 3; round += 1)
    for (const [index, hertz] of [950, 1_400, 1_800].entries()) {
      const oscillator = context.createOscillator();
      oscillator.frequency.value = hertz;
      oscillator.connect(gain);
      const start = context.currentTime + round * 1.4 + index * 0.3;
      oscillator.start(start);
      oscillator.stop(start + 0.28);
    }
  return () => void context.close();
}

/** Returns how to fall silent. */
export function soundEmergencyAlarm(sentence: string, language: string): () => void {
  let silenceTone: (() => void) | null = null;
  const warn = (): void => {
    silenceTone ??= warnByTone();
  };
  if (!('speechSynthesis' in window) || speechSynthesis.getVoices().length === 0) warn();
  if (!('speechSynthesis' in window)) return () => silenceTone?.();
  const utterance = new SpeechSynthesisUtterance(sentence);
  utterance.lang = language;
  const tooLate = setTimeout(warn, speechBeginsWithinMs);
  utterance.addEventListener('start', () => clearTimeout(tooLate));
  utterance.addEventListener('error', warn);
  speechSynthesis.cancel();
  speechSynthesis.speak(utterance);
  return () => {
    clearTimeout(tooLate);
    speechSynthesis.cancel();
    silenceTone?.();
  };
}
