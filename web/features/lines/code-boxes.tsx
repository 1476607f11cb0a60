/** Six boxes for six digits: typed one after another, pasted whole, mended with backspace and arrows; given on once they are full. */
import { useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { words } from '../../messages/all-words.ts';
import styles from './proof-panel.module.css';

const PLACES = [0, 1, 2, 3, 4, 5] as const;
const EMPTY: readonly string[] = PLACES.map(() => '');

export function CodeBoxes({ isDisabled, onWhole }: { readonly isDisabled: boolean; readonly onWhole: (digits: string) => void }) {
  const [digits, setDigits] = useState(EMPTY);
  const boxes = useRef<(HTMLInputElement | null)[]>([]);
  const focus = (place: number): void => boxes.current[Math.max(0, Math.min(5, place))]?.focus();

  /** Puts what was typed or pasted in from a place on. */
  const fill = (place: number, text: string): void => {
    const typed = text.replaceAll(/\D/g, '').slice(0, 6 - place);
    // Drawn again, so that what is no digit does not stay in the box.
    if (typed === '') return setDigits([...digits]);
    const next = digits.map((digit, at) => typed[at - place] ?? digit);
    setDigits(next);
    focus(place + typed.length);
    if (next.every((digit) => digit !== '')) onWhole(next.join(''));
  };
  const onKeyDown = (place: number, event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Backspace') {
      event.preventDefault();
      const at = digits[place] === '' ? Math.max(0, place - 1) : place;
      setDigits(digits.map((digit, index) => (index === at ? '' : digit)));
      focus(at);
    } else if (event.key === 'ArrowLeft') focus(place - 1);
    else if (event.key === 'ArrowRight') focus(place + 1);
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>): void => {
    event.preventDefault();
    fill(0, event.clipboardData.getData('text'));
  };

  return (
    <fieldset className={styles['code']} disabled={isDisabled}>
      <legend className="sr">{words.lines.code}</legend>
      {PLACES.map((place) => (
        <input
          key={place}
          ref={(box) => {
            // The digits are being read out at this moment.
            if (place === 0 && boxes.current[0] === undefined) box?.focus();
            boxes.current[place] = box;
          }}
          aria-label={words.lines.digit(place + 1)}
          value={digits[place]}
          inputMode="numeric"
          autoComplete="off"
          onChange={(event) => fill(place, digits[place] === '' ? event.target.value : event.target.value.replace(digits[place]!, ''))}
          onKeyDown={(event) => onKeyDown(place, event)}
          onPaste={onPaste}
          onFocus={(event) => event.target.select()}
        />
      ))}
    </fieldset>
  );
}
