/** The present moment, ticking: for timers on the screen. */
import { useEffect, useState } from 'react';

export function useNow(everyMs: number, isRunning = true): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isRunning]);
  return nowMs;
}
