/** The stage between pressing Call and the server's first word: the microphone is being opened, nobody is rung yet. */
import { words } from '../../messages/messages.ts';
import { useEngine } from './engine-context.tsx';
import type { Dial } from './page-calls.ts';
import { Stage } from './stage.tsx';
import { EndButton, Party } from './stage-parts.tsx';
import styles from './live-stage.module.css';
import { useLines } from './use-lines.ts';

export function DiallingStage({ dial }: { readonly dial: Extract<Dial, { readonly requestId: string }> }) {
  const { ask } = useEngine();
  const { shown } = useLines(dial.request.to, dial.request.lineId);
  const isCancelled = dial.phase === 'sent' && dial.isCancelled;
  const text = dial.phase === 'preparing' ? words.call.openingMicrophone : words.call.notYetHeard;
  return (
    <Stage light="live" shape="hollow" state={isCancelled ? words.call.cancelling : words.call.states.connecting} timer={null}>
      <Party number={dial.request.to} partyName={dial.request.partyName} line={shown} text={isCancelled ? null : text} />
      <div className={styles['spacer']} />
      <EndButton label={isCancelled ? words.call.cancelling : words.call.cancel} isEnding={isCancelled} onEnd={() => ask({ type: 'end-asked' })} />
    </Stage>
  );
}
