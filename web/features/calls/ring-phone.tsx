/** Ringing the member's own phone for a call, wherever a screen offers it: what is to be said of it, and the one button. */
import { useQuery } from '@tanstack/react-query';
import { PhoneIncoming } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { Link } from '../../router/link.tsx';
import { endingOf, ownPhoneQuery } from '../own-phone/own-phone-queries.ts';
import { useEngine } from './engine-context.tsx';
import styles from './ring-phone.module.css';

export interface RingPhone {
  readonly title: string;
  readonly text: string;
  readonly act: 'ring' | 'ring-again' | 'stop' | 'name-it' | 'none';
}

export function useRingPhone(call: CallView): RingPhone {
  const phone = useQuery(ownPhoneQuery);
  const text = words.ownPhone;
  const { ownPhone } = call;
  const isProven = phone.data?.state === 'proven' || phone.data?.state === 'lent';
  const number = isProven ? (phone.data?.number ?? null) : null;
  const title = number === null ? text.none : text.ring(endingOf(number));
  if (ownPhone !== null && ownPhone.phase !== 'failed' && ownPhone.phase !== 'joined') return { title, text: text.phase[ownPhone.phase], act: 'stop' };
  const failure = ownPhone?.failure ?? null;
  if (failure !== null && failure !== 'no-phone') return { title, text: text.failures[failure], act: 'ring-again' };
  if (phone.isPending) return { title, text: words.loading(text.loading), act: 'none' };
  // Where it cannot be read whether there is one, the server says so when it is asked to ring.
  if (number === null && phone.isSuccess) return { title, text: text.noneText, act: 'name-it' };
  return { title, text: text.ringText, act: 'ring' };
}

export function RingPhoneButton({ call, phone }: { readonly call: CallView; readonly phone: RingPhone }) {
  const { calls, ask } = useEngine();
  const text = words.ownPhone;
  switch (phone.act) {
    case 'none': return null;
    case 'name-it':
      return (
        <Link className={styles['act']} to="/settings/me">
          {text.nameIt}
        </Link>
      );
    case 'stop':
      return (
        <button type="button" className={styles['act']} disabled={!calls.isLinked} onClick={() => ask({ type: 'stop-phone-asked', callId: call.id })}>
          {text.stopRinging}
        </button>
      );
    case 'ring':
    case 'ring-again':
      return (
        <button type="button" className={styles['act']} disabled={!calls.isLinked} onClick={() => ask({ type: 'ring-phone-asked', callId: call.id })}>
          {phone.act === 'ring' ? text.ringIt : text.ringAgain}
        </button>
      );
  }
}

/** Where this device's sound is gone: the phone may have a network of its own. */
export function RingPhoneOffer({ call }: { readonly call: CallView }) {
  const phone = useRingPhone(call);
  return (
    <div className={styles['offer']}>
      <PhoneIncoming className="large" />
      <p>
        <b>{phone.title}</b>
        <span role="status">{phone.text}</span>
      </p>
      <RingPhoneButton call={call} phone={phone} />
    </div>
  );
}
