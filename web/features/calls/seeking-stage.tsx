/** The stage after a load of the call's own address, until the server has said whether a call goes on: drawn at once, for whoever has just lost sight of one. */
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useEngine } from './engine-context.tsx';
import { Stage } from './stage.tsx';
import styles from './stage-parts.module.css';

/** As in link-notice.tsx: a shorter wait is none. */
const SAID_AFTER_MS = 3_000;

export function SeekingStage() {
  const { calls } = useEngine();
  const nowMs = useNow(1_000);
  const isLate = calls.unlinkedSinceMs !== null && nowMs - calls.unlinkedSinceMs >= SAID_AFTER_MS;
  return (
    <Stage light="live" shape="hollow" state={isLate ? words.call.noNetwork : words.call.states.connecting} timer={null}>
      <div className={styles['party']}>
        <h1>{words.call.seeking}</h1>
        <p className={styles['text']} role="status">
          {isLate ? words.call.seekingLate : null}
        </p>
      </div>
    </Stage>
  );
}
