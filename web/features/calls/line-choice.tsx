/** What the patient will see, and the choice of it: opened on wide screens, folded into the plate on a phone. */
import { ChevronDown, Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { LineChoice, LineView } from '#contract/api.ts';
import type { LineChosenBy } from '#contract/line-choice.ts';
import { words } from '../../messages/messages.ts';
import styles from './line-choice.module.css';
import { setKeypad } from './keypad-store.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

interface LineChoiceProps {
  readonly lines: readonly LineChoice[];
  readonly shown: LineChoice;
  /** Who decided on the one shown. */
  readonly by: LineChosenBy | null;
}

/** Where calls back go; of the one shown also who chose it, where that was not the hand. */
function secondLine(line: LineChoice, { shown, by }: Pick<LineChoiceProps, 'shown' | 'by'>): string {
  const back = line.kind === 'hosted' ? words.dial.callsBackHosted : line.callsBackTo === null ? words.dial.callsBackVerified : words.dial.callsBackTo(line.callsBackTo);
  return line.id === shown.id && (by === 'contact' || by === 'member') ? `${back}. ${words.dial.chosenBy[by]}` : back;
}

function LineOptions({ lines, shown, by, isLegendSpoken }: LineChoiceProps & { readonly isLegendSpoken: boolean }) {
  const { formatOpenly } = usePhoneNumbers();
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
            <small>{secondLine(line, { shown, by })}</small>
          </span>
          <span className={styles['digits']}>{formatOpenly(line.number)}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function OpenLineChoice(props: LineChoiceProps) {
  return <LineOptions {...props} isLegendSpoken={false} />;
}

export function FoldedLineChoice({ lines, shown, by }: LineChoiceProps) {
  const [isOpen, setOpen] = useState(false);
  const plate = <PlateText line={shown} lead={by === 'contact' || by === 'member' ? `${words.dial.patientWillSee}. ${words.dial.chosenBy[by]}` : words.dial.patientWillSee} />;
  // One line leaves nothing to choose: a plate, not a button that opens on itself.
  if (lines.length === 1) return <div className={`plate ${styles['folded']}`}>{plate}</div>;
  return (
    <>
      {isOpen ? (
        <div onChange={() => setOpen(false)}>
          <LineOptions lines={lines} shown={shown} by={by} isLegendSpoken />
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
  const { formatOpenly } = usePhoneNumbers();
  return (
    <>
      <Smartphone />
      <span>
        <small>{lead}</small>
        <b>
          {line.name}, <span className="nowrap">{formatOpenly(line.number)}</span>
        </b>
      </span>
    </>
  );
}
