/** Records three seconds of the microphone and plays them back, on this device only; nothing is kept. */

const recordForMs = 3_000;

export async function recordAndReplay(heard: MediaStream, speakerId: string | null, onPhase: (phase: 'recording' | 'replaying') => void): Promise<void> {
  const chunks: Blob[] = [];
  const recorder = new MediaRecorder(heard);
  recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data));
  const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }));
  onPhase('recording');
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, recordForMs));
  recorder.stop();
  await stopped;
  onPhase('replaying');
  const address = URL.createObjectURL(new Blob(chunks, { type: recorder.mimeType }));
  const audio = new Audio(address);
  if (speakerId !== null && 'setSinkId' in audio) await audio.setSinkId(speakerId).catch(() => {});
  try {
    await audio.play();
    await new Promise((resolve) => audio.addEventListener('ended', resolve, { once: true }));
  } catch {
    // Without playback there is nothing to hear; the meter has moved all the same.
  } finally {
    URL.revokeObjectURL(address);
  }
}
