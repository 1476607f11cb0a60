/** Opens the microphone on request and shows that it hears; nothing is recorded or sent. */
import type { LucideIcon } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { words } from '../../messages/messages.ts';
import { LevelPills } from './level-pills.tsx';
import { createMicrophone, type Microphone } from './microphone.ts';
import type { MicrophoneFailure } from './page-calls.ts';

export interface MicrophoneCheckProps {
  readonly className: string | undefined;
  readonly levelClassName: string | undefined;
  readonly Icon: LucideIcon;
}

/** "Nobody was rung" is true of a check as well, but nobody asked. */
const withoutRinging = (text: string): string => text.replace(/ Nobody was rung\.$/, '');

export function MicrophoneCheck({ className, levelClassName, Icon }: MicrophoneCheckProps) {
  const [microphone, setMicrophone] = useState<Microphone | null>(null);
  const [failure, setFailure] = useState<MicrophoneFailure | null>(null);
  useEffect(() => () => microphone?.close(), [microphone]);
  const level = useCallback(() => microphone?.level() ?? 0, [microphone]);

  const check = async (): Promise<void> => {
    const opened = createMicrophone(() => {});
    const result = await opened.open();
    if (result.ok) setMicrophone(opened);
    setFailure(result.ok ? null : result.refusal);
  };

  const failed = failure === null ? null : words.microphone[failure];
  return (
    <div className={className} role="status">
      <Icon />
      <span>
        <b>{failed?.title ?? (microphone === null ? words.home.microphoneCheck : words.home.microphoneWorks)}</b>
        {failed === null ? (microphone === null ? words.home.microphoneCheckText : words.home.microphoneWorksText) : withoutRinging(failed.text)}
      </span>
      {microphone === null ? (
        <button type="button" className="btn compact" onClick={() => void check()}>
          {failed?.next ?? words.home.check}
        </button>
      ) : (
        <LevelPills className={levelClassName} count={18} tallest={26} level={level} />
      )}
    </div>
  );
}
