/**
 * Runs in the page under test, before its own code. Records what each RTCPeerConnection of the page receives, beside the
 * page's own playing of it; changes nothing that the page does or sees.
 */
(() => {
  const recorders = [];
  const Original = window.RTCPeerConnection;

  window.RTCPeerConnection = class extends Original {
    constructor(...settings) {
      super(...settings);
      this.addEventListener('track', ({ track }) => {
        if (track.kind !== 'audio') return;
        const chunks = [];
        const recorder = new MediaRecorder(new MediaStream([track]));
        recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data));
        recorder.start(250);
        recorders.push(chunks);
      });
    }
  };

  /** What the newest connection heard since its start, as base64 of an Opus file; empty if there is none. */
  window.readEar = async () => {
    const chunks = recorders.at(-1) ?? [];
    const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
    let text = '';
    for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
    return btoa(text);
  };
})();
