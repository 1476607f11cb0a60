/** A panel inside the stage, where the pills were; never over the controls or End. Escape or Done closes it. */
import { Check } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { words } from '../../messages/messages.ts';
import styles from './stage-panel.module.css';

export interface StagePanelProps {
  readonly title: string;
  readonly text: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function StagePanel({ title, text, onClose, children }: StagePanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    heading.current?.focus();
    return () => {
      // Back to what opened it, unless focus has gone elsewhere since.
      if (opener instanceof HTMLElement && (document.activeElement === document.body || document.activeElement === null)) opener.focus();
    };
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [onClose]);
  return (
    <section className={styles['panel']} aria-label={title}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        {text === '' ? null : <p>{text}</p>}
        <button type="button" onClick={onClose}>
          <Check className="small" />
          {words.done}
        </button>
      </header>
      {children}
    </section>
  );
}
