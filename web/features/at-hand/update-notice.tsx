/** Says that a newer page is there, and loads it on a tap; says nothing while a call goes on. */
import { words } from '../../messages/messages.ts';
import { useEngine } from '../calls/engine-context.tsx';
import styles from '../calls/link-notice.module.css';
import { callHere } from '../calls/page-calls.ts';
import { takeNewVersion, useInstalling } from './installing.ts';

export function UpdateNotice() {
  const { hasNewVersion } = useInstalling();
  const { calls } = useEngine();
  if (!hasNewVersion || callHere(calls) !== null || calls.dial !== null) return null;
  return (
    <p className={styles['notice']} role="status">
      {words.installing.newVersion}{' '}
      <button type="button" onClick={takeNewVersion}>
        {words.installing.reload}
      </button>
    </p>
  );
}
