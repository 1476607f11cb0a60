/** The one tap that hides and shows who the patients are; without its word on a phone. */
import { Eye, EyeOff } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { setDiscreet, useDiscreet } from './discreet.ts';
import styles from './discreet-switch.module.css';

export function DiscreetSwitch() {
  const isOn = useDiscreet();
  return (
    <button type="button" className={`${styles['switch']} ${isOn ? styles['on'] : ''}`} aria-pressed={isOn} aria-label={words.discreet.on} title={isOn ? words.discreet.turnOff : words.discreet.turnOn} onClick={() => setDiscreet(!isOn)}>
      {isOn ? <Eye /> : <EyeOff />}
      <span>{words.discreet.on}</span>
    </button>
  );
}
