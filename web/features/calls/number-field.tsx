/** The number being dialled: formatted as it is typed, pasted or keyed in, with the cursor where the person left it. */
import { Delete } from 'lucide-react';
import { type ClipboardEvent, type InputEvent as ReactInputEvent, type KeyboardEvent, type SyntheticEvent, useLayoutEffect, useRef } from 'react';
import { words } from '../../messages/messages.ts';
import { useMediaQuery } from '../../ui/use-media-query.ts';
import styles from './dial-pane.module.css';
import { dialableFromPaste, editText, emptyNumber, indexOf, insertKey, positionIn, removeBefore, type TypedNumber, wholeNumber } from './number-typing-policy.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

export interface NumberFieldProps {
  readonly number: TypedNumber;
  /** What is shown in place of a number that is not to be read; null shows it. */
  readonly covered: string | null;
  readonly onChange: (number: TypedNumber) => void;
  readonly onEnter: () => void;
}

export function NumberField({ number, covered, onChange, onEnter }: NumberFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const isTouch = useMediaQuery('(pointer: coarse)');
  const formatted = usePhoneNumbers().formatTyped(number.dialable);
  const shown = covered ?? formatted;

  useLayoutEffect(() => {
    const input = field.current;
    if (input === null || covered !== null || document.activeElement !== input) return;
    const index = indexOf(shown, number.position);
    input.setSelectionRange(index, index);
  }, [shown, covered, number.position]);

  const onInput = (event: ReactInputEvent<HTMLInputElement>): void => {
    const input = event.currentTarget;
    const kind = event.nativeEvent.inputType;
    onChange(editText(number, input.value, input.selectionStart ?? input.value.length, kind === 'deleteContentBackward'));
  };

  const onPaste = (event: ClipboardEvent<HTMLInputElement>): void => {
    event.preventDefault();
    const input = event.currentTarget;
    const from = positionIn(input.value, input.selectionStart ?? 0);
    const to = positionIn(input.value, input.selectionEnd ?? 0);
    if (covered !== null) return onChange(wholeNumber(dialableFromPaste(event.clipboardData.getData('text'))));
    const rest = number.dialable.slice(0, from) + number.dialable.slice(to);
    onChange(insertKey({ dialable: rest, position: from }, dialableFromPaste(event.clipboardData.getData('text'))));
  };

  /** The browser's own event tells of a range alone; a cursor that moves is seen by the key or the pointer that moved it. */
  const onSelect = (event: SyntheticEvent<HTMLInputElement>): void => {
    const input = event.currentTarget;
    // Only a cursor is followed; a selected range is the browser's until it is typed over.
    if (covered !== null || input.selectionStart !== input.selectionEnd) return;
    const position = positionIn(input.value, input.selectionStart ?? 0);
    if (position !== number.position && input.value === shown) onChange({ dialable: number.dialable, position });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') return onEnter();
    if (covered === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9*#+]$/.test(event.key)) onChange(wholeNumber(event.key));
    else if (event.key === 'Backspace' || event.key === 'Delete') onChange(emptyNumber);
    else return;
    event.preventDefault();
  };

  const lengthClass = shown.length > 18 ? styles['longest'] : shown.length > 14 ? styles['long'] : '';

  return (
    <div className={styles['number']} data-number-field>
      <input
        ref={field}
        className={lengthClass}
        aria-label={words.dial.number}
        placeholder={words.dial.empty}
        type="text"
        // On glass the keypad below is the keyboard; the system's own would cover it. Paste works all the same.
        inputMode={isTouch ? 'none' : 'tel'}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="go"
        value={shown}
        readOnly={covered !== null}
        onInput={onInput}
        onChange={() => {}}
        onPaste={onPaste}
        onSelect={onSelect}
        onKeyUp={onSelect}
        onClick={onSelect}
        onKeyDown={onKeyDown}
      />
      <button type="button" className="iconbtn" aria-label={words.dial.backspace} disabled={number.dialable === ''} onClick={() => onChange(covered === null ? removeBefore(number) : emptyNumber)}>
        <Delete className="large" />
      </button>
    </div>
  );
}
