/** The sheet of keys: what the keyboard does, everywhere and on a call. Opened by "?". */
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { words } from '../../messages/messages.ts';
import { callKeys } from '../calls/call-keys.ts';
import { closeAtHand } from './at-hand-store.ts';
import styles from './key-sheet.module.css';

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

export function KeySheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const everywhere: readonly (readonly [string, string])[] = [
    [isApple ? '⌘ K' : 'Ctrl K', words.keys.palette],
    ['?', words.keys.sheet],
    ['0 – 9', words.keys.digits],
    [words.keys.enter, words.keys.call],
    ['Esc', words.keys.close],
  ];
  const alt = isApple ? '⌥' : 'Alt';
  return (
    <dialog ref={dialog} className={styles['sheet']} aria-labelledby="key-sheet-title" onClose={() => closeAtHand('keys')}>
      <header>
        <h2 id="key-sheet-title">{words.keys.title}</h2>
        <button type="button" className="iconbtn" aria-label={words.palette.close} onClick={() => dialog.current?.close()}>
          <X />
        </button>
      </header>
      <h3>{words.keys.everywhere}</h3>
      <KeyList keys={everywhere} />
      <h3>{words.keys.onACall}</h3>
      <KeyList keys={callKeys().map(({ letter, label }) => [`${alt} ${letter}`, label])} />
      <p>{words.keys.text(alt)}</p>
    </dialog>
  );
}

function KeyList({ keys }: { readonly keys: readonly (readonly [string, string])[] }) {
  return (
    <dl>
      {keys.map(([key, label]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{label}</dd>
        </div>
      ))}
    </dl>
  );
}
