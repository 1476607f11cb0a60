/** A live call that another device of the member carries, or none: shown whole, with one way to bring it here. */
import { TabletSmartphone } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { shortName, stateShape, stateTimer } from './call-words-policy.ts';
import { useEngine } from './engine-context.tsx';
import styles from './live-stage.module.css';
import { Stage } from './stage.tsx';
import { Party } from './stage-parts.tsx';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

export function AwayStage({ call }: { readonly call: CallView }) {
  const { ask } = useEngine();
  const nowMs = useNow(1_000);
  const numbers = usePhoneNumbers();
  const who = call.partyName === null ? numbers.format(call.number) : shortName(call.partyName);
  const text = call.carriedBy === 'another-device' ? words.call.onOtherDevice(who) : words.call.onNoDevice(who);
  return (
    <Stage light={call.state === 'reconnecting' ? 'lost' : 'live'} shape={call.state === 'talking' ? 'hollow' : stateShape(call, false)} state={words.call.states[call.state]} timer={stateTimer(call, nowMs)}>
      <Party number={call.number} partyName={call.partyName} line={call.line} text={text} />
      <div className={styles['spacer']} />
      <button type="button" className={styles['take']} onClick={() => ask({ type: 'take-asked', callId: call.id })}>
        <TabletSmartphone className="large" />
        {words.call.takeHere}
      </button>
    </Stage>
  );
}
