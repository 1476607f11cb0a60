/** What the patient will see, and the choice of it: opened on wide screens, folded into the plate on a phone. */
import { ChevronDown, Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { LineView } from '#contract/api.ts';
import { words } from '../../messages/messages.ts';
import styles from './line-choice.module.css';
import { setKeypad } from './keypad-store.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

interface LineChoiceProps {
  readonly lines: readonly LineView[];
  readonly shown: LineView;
}

function LineOptions({ lines, shown, isLegendSpoken }: LineChoiceProps & { readonly isLegendSpoken: boolean }) {
  const numbers = usePhoneNumbers();
  return (
    <fieldset className={styles['lines']}>
      <legend className={isLegendSpoken ? 'sr' : undefined}>
        {words.dial.patientWillSee}
        <span>{words.dial.neverYours}</span>
      </legend>
      {lines.map((line) => (
        <label key={line.id}>
          <input type="radio" name="line" checked={line.id === shown.id} onChange={() => setKeypad({ lineId: line.id })} />
          <span>
            <b>{line.name}</b>
            <small>{line.kind === 'hosted' ? words.dial.callsBackHosted : words.dial.callsBackVerified}</small>
          </span>
          <span className={styles['digits']}>{numbers.format(line.number)}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function OpenLineChoice(props: LineChoiceProps) {
  return <LineOptions {...props} isLegendSpoken={false} />;
}

export function FoldedLineChoice({ lines, shown }: LineChoiceProps) {
  const [isOpen, setOpen] = useState(false);
  const plate = <PlateText line={shown} lead={words.dial.patientWillSee} />;
  // One line leaves nothing to choose: a plate, not a button that opens on itself.
  if (lines.length === 1) return <div className={`plate ${styles['folded']}`}>{plate}</div>;
  return (
    <>
      {isOpen ? (
        <div onChange={() => setOpen(false)}>
          <LineOptions lines={lines} shown={shown} isLegendSpoken />
        </div>
      ) : null}
      <button type="button" className={`plate ${styles['folded']}`} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {plate}
        <span className="end">
          <ChevronDown />
        </span>
      </button>
    </>
  );
}

export function PlateText({ line, lead }: { readonly line: Pick<LineView, 'name' | 'number'>; readonly lead: string }) {
  const numbers = usePhoneNumbers();
  return (
    <>
      <Smartphone />
      <span>
        <small>{lead}</small>
        <b>
          {line.name}, <span className="nowrap">{numbers.format(line.number)}</span>
        </b>
      </span>
    </>
  );
}
