/** A note's way into the chart: by the clipboard, or as a file where there is none. Says "copied" of the very words that were, and of no later ones. */
import { Check, ClipboardPlus, Download } from 'lucide-react';
import { useState } from 'react';
import { words } from '../../messages/messages.ts';
import { saveFile } from '../../ui/save-file.ts';
import styles from './copy-note.module.css';

interface CopyNoteProps {
  readonly text: string;
  /** Whether these words were copied before. */
  readonly wasCopied: boolean;
  /** On its last day a note asks. */
  readonly isAsked: boolean;
  readonly onCopied: () => void;
}

export function CopyNote({ text, wasCopied, isAsked, onCopied }: CopyNoteProps) {
  const [copied, setCopied] = useState<string | null>(null);
  const isCopied = wasCopied || copied === text;
  const taken = (): void => {
    setCopied(text);
    onCopied();
  };
  const save = (): void => {
    saveFile(words.notes.fileName, 'text/plain', text);
    taken();
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return save();
    }
    taken();
  };
  return (
    <span className={styles['copy']}>
      <button type="button" className="btn" aria-label={words.notes.download} title={words.notes.download} onClick={save}>
        <Download />
      </button>
      <button type="button" className="btn" onClick={() => void copy()}>
        {isCopied ? <Check /> : <ClipboardPlus />}
        {isCopied ? words.notes.copied : isAsked ? words.notes.askToCopy : words.notes.copy}
      </button>
    </span>
  );
}
