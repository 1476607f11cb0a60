/** The twelve keys, for dialling and for tones. Long press on 0 gives '+', where the caller wants one. */
import { useRef } from 'react';
import { words } from '../../messages/messages.ts';
import { lettersOf } from './number-typing-policy.ts';

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

/** Long enough not to be a slow press, short enough not to be waited for. */
const longPressMs = 500;

export interface DialKeysProps {
  readonly className: string | undefined;
  /** The key lit just now. */
  readonly lit?: string | null | undefined;
  readonly litClassName?: string | undefined;
  readonly hasPlus: boolean;
  readonly isDisabled?: boolean;
  readonly onKey: (key: string) => void;
}

/** Signs are spoken by their names; digits as they stand, without the letters, which nobody dials by ear. */
const spokenNames: Readonly<Record<string, string>> = { '*': words.dial.star, '#': words.dial.hash };

export function DialKeys({ className, lit, litClassName, hasPlus, isDisabled = false, onKey }: DialKeysProps) {
  const holding = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const wasLong = useRef(false);

  const press = (key: string): void => {
    wasLong.current = false;
    if (key !== '0' || !hasPlus) return;
    holding.current = setTimeout(() => {
      wasLong.current = true;
      onKey('+');
    }, longPressMs);
  };
  const release = (): void => clearTimeout(holding.current);

  return (
    <div className={className} role="group" aria-label={words.dial.pad}>
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          disabled={isDisabled}
          data-key={key}
          className={lit === key ? litClassName : undefined}
          aria-label={spokenNames[key]}
          title={key === '0' && hasPlus ? words.dial.zero : undefined}
          onPointerDown={() => press(key)}
          onPointerUp={release}
          onPointerLeave={release}
          onPointerCancel={release}
          onContextMenu={(event) => event.preventDefault()}
          onClick={() => {
            release();
            if (!wasLong.current) onKey(key);
            wasLong.current = false;
          }}
        >
          <b>{key}</b>
          {key === '0' && hasPlus ? <small aria-hidden="true">+</small> : lettersOf(key) === '' ? null : <small aria-hidden="true">{lettersOf(key)}</small>}
        </button>
      ))}
    </div>
  );
}
