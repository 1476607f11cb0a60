/** Loudness as separate pills, newest on the right, dots at rest: never a running line, which this reader would take for a heart's. */
import { useEffect, useRef } from 'react';

export interface LevelPillsProps {
  readonly className: string | undefined;
  readonly count: number;
  /** Pixels of the loudest pill; the quietest is 4. */
  readonly tallest: number;
  /** From 0 to 1, asked 10 times a second, or twice where motion is unwelcome. */
  readonly level: () => number;
}

const restingPx = 4;

export function LevelPills({ className, count, tallest, level }: LevelPillsProps) {
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const pills = [...(box.current?.children ?? [])] as HTMLElement[];
    const heights = Array.from({ length: count }, () => restingPx);
    const everyMs = matchMedia('(prefers-reduced-motion: reduce)').matches ? 500 : 100;
    const timer = setInterval(() => {
      heights.shift();
      heights.push(Math.round(restingPx + level() * (tallest - restingPx)));
      // Set by script, past React: 10 times a second is no matter for a render.
      for (const [index, pill] of pills.entries()) {
        const height = heights[index] ?? restingPx;
        pill.style.height = `${height}px`;
        pill.toggleAttribute('data-loud', height > restingPx + 1);
      }
    }, everyMs);
    return () => clearInterval(timer);
  }, [count, tallest, level]);
  return (
    <span ref={box} className={className} aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <i key={index} />
      ))}
    </span>
  );
}
