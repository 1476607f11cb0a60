/** Where the call can go: from this device to the member's own phone, or to another browser, which takes it by itself. */
import { Laptop, MonitorSmartphone, PhoneIncoming, ShieldCheck } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import styles from './move-panel.module.css';
import { RingPhoneButton, useRingPhone } from './ring-phone.tsx';
import { StagePanel } from './stage-panel.tsx';

export function MovePanel({ call, who, onClose }: { readonly call: CallView; readonly who: string; readonly onClose: () => void }) {
  const text = words.ownPhone;
  const phone = useRingPhone(call);
  return (
    <StagePanel title={text.moveTitle} text={text.moveText(who)} onClose={onClose}>
      <ul className={styles['list']}>
        <li>
          <span className={styles['tile']}>
            <Laptop />
          </span>
          <span className={styles['name']}>
            <b>{text.thisDevice}</b>
            <small>{text.thisDeviceText}</small>
          </span>
          <span className={styles['chip']}>{text.here}</span>
        </li>
        <li>
          <span className={styles['tile']}>
            <MonitorSmartphone />
          </span>
          <span className={styles['name']}>
            <b>{text.otherDevice}</b>
            <small>{text.otherDeviceText}</small>
          </span>
        </li>
        <li>
          <span className={styles['tile']}>
            <PhoneIncoming />
          </span>
          <span className={styles['name']}>
            <b>{phone.title}</b>
            <small role="status">{phone.text}</small>
          </span>
          <RingPhoneButton call={call} phone={phone} />
        </li>
      </ul>
      <p className={styles['foot']}>
        <ShieldCheck />
        <span>
          {text.letsGo} <b>{text.hidden}</b>
        </span>
      </p>
    </StagePanel>
  );
}
