/** The keypad in a call: sends tones to the party's side, from the keys drawn here and from the keyboard. */
import { useEffect, useRef, useState } from 'react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { playKeyTone } from './call-sounds.ts';
import { DialKeys } from './dial-keys.tsx';
import { useEngine } from './engine-context.tsx';
import styles from './keypad-panel.module.css';
import { StagePanel } from './stage-panel.tsx';

const litForMs = 160;

export interface KeypadPanelProps {
  readonly call: CallView;
  readonly who: string;
  readonly onClose: () => void;
}

export function KeypadPanel({ call, who, onClose }: KeypadPanelProps) {
  const { calls, ask } = useEngine();
  const [lit, setLit] = useState<string | null>(null);
  // What was pressed shows at once; the server's list, which also has what another device sent, catches up.
  const [pressed, setPressed] = useState('');
  const darken = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const canSend = calls.isLinked && call.state !== 'on-hold' && call.state !== 'reconnecting';

  const send = (key: string): void => {
    if (!canSend) return;
    ask({ type: 'digits-asked', digits: key });
    playKeyTone(key);
    setPressed((before) => before + key);
    setLit(key);
    clearTimeout(darken.current);
    darken.current = setTimeout(() => setLit(null), litForMs);
  };
  const sendLatest = useRef(send);
  useEffect(() => {
    sendLatest.current = send;
  });

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !/^[0-9*#]$/.test(event.key)) return;
      sendLatest.current(event.key);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      clearTimeout(darken.current);
    };
  }, []);

  const digits = call.digitsSent.length >= pressed.length ? call.digitsSent : pressed;
  return (
    <StagePanel title={words.keypadPanel.title} text={words.keypadPanel.text(who)} onClose={onClose}>
      <div className={styles['body']}>
        <div className={styles['sent']}>
          <output aria-label={words.keypadPanel.sent}>{digits.slice(-12)}</output>
          <p>{digits === '' ? words.keypadPanel.nothingSent : words.keypadPanel.sentText}</p>
        </div>
        <DialKeys className={styles['keys']} hasPlus={false} lit={lit} litClassName={styles['lit']} isDisabled={!canSend} onKey={send} />
      </div>
    </StagePanel>
  );
}
