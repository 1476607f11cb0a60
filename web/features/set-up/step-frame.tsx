/** The frame of one step of the first run: where one is, its name and its sentence. Knows nothing of what the step does. */
import { type ReactNode, useEffect, useRef } from 'react';
import { words } from '../../messages/all-words.ts';
import styles from './set-up.module.css';

export function StepFrame({ step, text, children }: { readonly step: 1 | 2 | 3 | 4; readonly text: string; readonly children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Said, and read on from there: the button that was pressed is gone. Not at the first, where nothing was pressed.
  useEffect(() => {
    if (step > 1) heading.current?.focus();
  }, [step]);
  return (
    <main id="main" className={styles['step']}>
      <header>
        <p className={styles['count']}>
          <span>{words.setUp.step(step)}</span>
          {words.setUp.names.map((name, index) => (
            <i key={name} className={index < step ? styles['done'] : ''} />
          ))}
        </p>
        <h1 ref={heading} tabIndex={-1}>
          {words.setUp.names[step - 1]}
        </h1>
        <p>{text}</p>
      </header>
      {children}
    </main>
  );
}
