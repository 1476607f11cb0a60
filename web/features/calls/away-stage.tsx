/** A live call that another device of the member carries, their own phone, or none: shown whole, with one way to bring it here. */
import { TabletSmartphone } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { stateShape, stateTimer } from './call-words-policy.ts';
import { useEngine } from './engine-context.tsx';
import styles from './live-stage.module.css';
import { RingPhoneOffer } from './ring-phone.tsx';
import { Stage } from './stage.tsx';
import { EndButton, Party } from './stage-parts.tsx';

export function AwayStage({ call }: { readonly call: CallView }) {
  const { ask } = useEngine();
  const nowMs = useNow(1_000);
  const { shortWho } = useShown();
  return (
    <Stage light={call.state === 'reconnecting' ? 'lost' : 'live'} shape={call.state === 'talking' ? 'hollow' : stateShape(call, false)} state={words.call.states[call.state]} timer={stateTimer(call, nowMs)}>
      <Party number={call.number} partyName={call.partyName} line={call.line} text={whereText(call, shortWho(call))} />
      <div className={styles['spacer']} />
      {call.carriedBy === 'none' ? <RingPhoneOffer call={call} /> : null}
      <button type="button" className={styles['take']} onClick={() => ask({ type: 'take-asked', callId: call.id })}>
        <TabletSmartphone className="large" />
        {call.carriedBy === 'own-phone' ? words.ownPhone.moveHere : words.call.takeHere}
      </button>
      {call.carriedBy === 'own-phone' ? <EndButton label={words.call.end} onEnd={() => ask({ type: 'end-elsewhere-asked', callId: call.id })} /> : null}
    </Stage>
  );
}

function whereText(call: CallView, who: string): string {
  if (call.carriedBy === 'own-phone') return words.ownPhone.onPhoneText(who);
  return call.carriedBy === 'another-device' ? words.call.onOtherDevice(who) : words.call.onNoDevice(who);
}
