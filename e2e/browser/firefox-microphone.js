/**
 * Runs in the page under test, before its own code. Without a sound card Firefox has only a beep for a microphone: this
 * gives it speech, looped; the recording is filled in before it runs.
 */
navigator.mediaDevices.getUserMedia = async () => {
  const bytes = Uint8Array.from(atob('SPEECH_WAV_BASE64'), (letter) => letter.charCodeAt(0));
  const player = new Audio(URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' })));
  player.loop = true;
  const stream = player.mozCaptureStream();
  const added = new Promise((resolve) => stream.addEventListener('addtrack', resolve, { once: true }));
  await player.play();
  if (stream.getAudioTracks().length === 0) await added;
  // The element must outlive this function, or the collector ends the speech.
  window.speechPlayer = player;
  return stream;
};
