/** A secret that is shown once, with the way to take it along. Keeps it nowhere. */
import { Check, Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import { words } from '../messages/messages.ts';
import styles from './once.module.css';

export interface OnceProps {
  /** What is copied. */
  readonly secret: string;
  /** What is shown, where it is not the same. */
  readonly children?: React.ReactNode;
  readonly label: string;
}

export function Once({ secret, label, children }: OnceProps) {
  const shown = useRef<HTMLOutputElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
    } catch {
      // Without a secure page or the permission: marked, so that one key copies it.
      if (shown.current !== null) getSelection()?.selectAllChildren(shown.current);
    }
  };
  return (
    <div className={styles['once']}>
      <output ref={shown} aria-label={label}>
        {children ?? secret}
      </output>
      <button type="button" className="btn compact" onClick={() => void copy()}>
        {isCopied ? <Check className="small" /> : <Copy className="small" />}
        <span role="status">{isCopied ? words.copied : words.copy}</span>
      </button>
    </div>
  );
}
