/** Whether a level is speech, with a pause that does not end it. */
import { useEffect, useState } from 'react';

/** Above this somebody is said to speak; below, for this long, to be quiet. */
const speechLevel = 0.25;
const speechLingersMs = 1_200;

export function useIsSpeaking(level: () => number): boolean {
  const [isSpeaking, setSpeaking] = useState(false);
  useEffect(() => {
    let spokeAtMs = 0;
    const timer = setInterval(() => {
      const nowMs = performance.now();
      if (level() > speechLevel) spokeAtMs = nowMs;
      setSpeaking(spokeAtMs > 0 && nowMs - spokeAtMs < speechLingersMs);
    }, 200);
    return () => clearInterval(timer);
  }, [level]);
  return isSpeaking;
}
