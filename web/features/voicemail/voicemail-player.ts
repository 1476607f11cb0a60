/** Plays one message while its pieces still come: starts with the first, pauses, goes to a place. Keeps what came in memory until it is let go, and nowhere else. */
import { decodeMuLaw, octetsOfBase64 } from './mu-law-codec.ts';

export interface PlayerView {
  readonly phase: 'idle' | 'preparing' | 'playing' | 'paused' | 'failed';
  readonly positionMs: number;
}

export interface VoicemailPlayer {
  /** From where it stands. In a click's own turn: browsers let nothing else make sound. */
  play(): void;
  pause(): void;
  seek(positionMs: number): void;
  /** Lets go of what was heard. */
  close(): void;
}

export interface Piece {
  /** Base64 of mu-law. */
  readonly audio: string;
  /** Where the next begins; null after the last. */
  readonly next: number | null;
}

const SAMPLE_RATE = 8_000;
const SHOWN_EVERY_MS = 100;

/** Two messages at once are neither. */
let loud: VoicemailPlayer | null = null;

export function createVoicemailPlayer(fetchPiece: (from: number) => Promise<Piece>, onView: (view: PlayerView) => void, onFailed: (error: unknown) => void): VoicemailPlayer {
  const pieces: Float32Array<ArrayBuffer>[] = [];
  let loaded = 0;
  let isWhole = false;
  let isLoading = false;
  let isClosed = false;
  let context: AudioContext | null = null;
  let sources: AudioBufferSourceNode[] = [];
  let phase: PlayerView['phase'] = 'idle';
  /** Where playing began, in samples, and when that was by the context's clock. */
  let beganAt = 0;
  let beganTime = 0;
  /** How far what was given to the context reaches. */
  let scheduled = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const position = (): number => (phase !== 'playing' || context === null ? beganAt : Math.min(loaded, beganAt + Math.max(0, context.currentTime - beganTime) * SAMPLE_RATE));
  const show = (): void => onView({ phase, positionMs: (position() * 1_000) / SAMPLE_RATE });
  const to = (next: PlayerView['phase']): void => {
    phase = next;
    show();
  };

  const silence = (): void => {
    clearInterval(timer);
    for (const source of sources) source.stop();
    sources = [];
  };

  /** What is loaded and lies ahead, each piece where the one before ends; after a wait for the network, from now on. */
  const schedule = (): void => {
    if (context === null || phase !== 'playing') return;
    let start = 0;
    for (const piece of pieces) {
      const end = start + piece.length;
      if (end > scheduled) {
        const from = Math.max(0, scheduled - start);
        const when = beganTime + (start + from - beganAt) / SAMPLE_RATE;
        if (when < context.currentTime) beganTime += context.currentTime - when;
        const buffer = context.createBuffer(1, piece.length - from, SAMPLE_RATE);
        buffer.copyToChannel(piece.subarray(from), 0);
        const source = context.createBufferSource();
        source.buffer = buffer;
        source.connect(context.destination);
        source.start(Math.max(when, context.currentTime));
        sources.push(source);
        scheduled = end;
      }
      start = end;
    }
  };

  const begin = (): void => {
    if (context === null) return;
    silence();
    beganTime = context.currentTime;
    scheduled = Math.floor(beganAt);
    phase = 'playing';
    schedule();
    show();
    timer = setInterval(() => {
      if (isWhole && position() >= loaded) {
        silence();
        beganAt = 0;
        to('idle');
      } else show();
    }, SHOWN_EVERY_MS);
  };

  const load = async (): Promise<void> => {
    if (isLoading || isWhole) return;
    isLoading = true;
    try {
      for (let from: number | null = loaded / SAMPLE_RATE; from !== null; ) {
        const piece = await fetchPiece(from);
        if (isClosed) return;
        const samples = decodeMuLaw(octetsOfBase64(piece.audio));
        pieces.push(samples);
        loaded += samples.length;
        from = piece.next;
        isWhole = from === null;
        if (phase === 'preparing') begin();
        else schedule();
      }
    } catch (error) {
      if (isClosed) return;
      // What came plays on to its end; the rest is asked for with the next tap.
      if (phase === 'preparing') to('failed');
      onFailed(error);
    } finally {
      isLoading = false;
    }
  };

  const player: VoicemailPlayer = {
    play() {
      if (loud !== null && loud !== player) loud.pause();
      loud = player;
      context ??= new AudioContext();
      void context.resume();
      if (loaded > beganAt) begin();
      else to('preparing');
      void load();
    },
    pause() {
      if (phase !== 'playing') return;
      beganAt = position();
      silence();
      to('paused');
    },
    seek(positionMs) {
      const wasPlaying = phase === 'playing';
      beganAt = Math.max(0, Math.min(loaded, (positionMs * SAMPLE_RATE) / 1_000));
      if (wasPlaying) begin();
      else show();
    },
    close() {
      isClosed = true;
      silence();
      if (loud === player) loud = null;
      void context?.close();
    },
  };
  return player;
}
