/** Tells someone who speaks into a muted microphone, for a few seconds after each time. */
import { useEffect, useState } from 'react';
import { useEngine } from './engine-context.tsx';

/** Speech, not a breath or a chair. */
const speechLevel = 0.4;
const speechForSamples = 3;
const saidForMs = 4_000;

export function useSpokeMuted(isMuted: boolean): boolean {
  const { engine } = useEngine();
  const [spoke, setSpoke] = useState(false);
  useEffect(() => {
    if (!isMuted || engine === null) return;
    let loud = 0;
    let spokeAtMs = Number.NEGATIVE_INFINITY;
    const timer = setInterval(() => {
      loud = engine.media.levels().you > speechLevel ? loud + 1 : 0;
      if (loud >= speechForSamples) spokeAtMs = performance.now();
      setSpoke(performance.now() - spokeAtMs < saidForMs);
    }, 150);
    return () => {
      clearInterval(timer);
      setSpoke(false);
    };
  }, [isMuted, engine]);
  return spoke;
}
