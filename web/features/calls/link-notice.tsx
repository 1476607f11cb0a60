/** A strip for what keeps calls from working on this page at all: no network, signed out, a copy of this tab. */
import { WifiOff } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { Link } from '../../router/link.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useEngine } from './engine-context.tsx';
import styles from './link-notice.module.css';

/** Shorter losses mend themselves; saying them would only worry. */
const saidAfterMs = 3_000;

/** `isOfflineSaid`: the screen below says it in its own words. */
export function LinkNotice({ isOfflineSaid }: { readonly isOfflineSaid: boolean }) {
  const { calls, linkStop, engine } = useEngine();
  const nowMs = useNow(1_000, !calls.isLinked);
  if (engine === null) return null;
  if (linkStop === 'signed-out')
    return (
      <p className={styles['notice']} role="alert">
        {words.network.signedOut} <Link to="/sign-in">{words.pages.signIn}</Link>
      </p>
    );
  if (linkStop === 'taken-over' || linkStop === 'bad-message')
    return (
      <p className={styles['notice']} role="alert">
        {linkStop === 'taken-over' ? words.network.takenOver : words.network.outdated}{' '}
        <button type="button" onClick={() => location.reload()}>
          {linkStop === 'taken-over' ? words.network.useHere : words.network.reload}
        </button>
      </p>
    );
  if (isOfflineSaid || calls.unlinkedSinceMs === null || nowMs - calls.unlinkedSinceMs < saidAfterMs) return null;
  return (
    <p className={styles['notice']} role="status">
      <WifiOff className="small" />
      {words.network.offline}
    </p>
  );
}
