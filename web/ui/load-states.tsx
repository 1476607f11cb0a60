/** What a screen says while it has nothing to show yet: words after a moment, or what failed and the way on. */
import { words } from '../messages/messages.ts';
import styles from './load-states.module.css';

/** Nothing under 300 ms, then the words. */
export function Waiting({ text }: { readonly text: string }) {
  return (
    <p className={styles['waiting']} role="status">
      {text}
    </p>
  );
}

/** `onRetry` asks the server again; it is also asked by itself when the network returns. */
export function LoadFailed({ text, onRetry }: { readonly text: string; readonly onRetry: () => unknown }) {
  return (
    <p className={styles['failed']} role="alert">
      <span>{text}</span>
      <button type="button" className="btn compact" onClick={() => void onRetry()}>
        {words.tryAgain}
      </button>
    </p>
  );
}
