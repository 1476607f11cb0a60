/** Proving a line in place: a call to it, six boxes for what the voice reads where somebody listens, and a sentence for whatever came of it. */
import { useState } from 'react';
import type { LineDetail } from '#contract/lines.ts';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { CodeBoxes } from './code-boxes.tsx';
import { isCalling, linesChanged } from './line-queries.ts';
import styles from './proof-panel.module.css';

const entryRefusals = ['CODE_WRONG', 'CODE_EXPIRED', 'TOO_MANY_TRIES', 'NO_CODE'] as const;
const callRefusals = ['TOO_MANY_CODE_CALLS', 'CODE_CALL_RUNNING', 'NO_LINE_TO_CALL_FROM', 'CALL_NOT_POSSIBLE'] as const;
type Refusal = (typeof entryRefusals)[number] | (typeof callRefusals)[number];

/** Calls on which nobody can have heard a digit: there is nothing to enter. */
const unheard: readonly LineDetail['codeCall'][] = ['none', 'busy', 'no-answer', 'rejected', 'not-in-service', 'not-reached', 'returned', 'not-returned'];

export function ProofPanel({ line, onEntered }: { readonly line: LineDetail; readonly onEntered: () => void }) {
  const { formatOpenly } = usePhoneNumbers();
  const nowMs = useNow(1_000);
  const [trouble, setTrouble] = useState<Refusal | 'failed' | null>(null);
  const [isBusy, setBusy] = useState(false);
  /** Each wrong code empties the boxes. */
  const [attempt, setAttempt] = useState(0);
  const { codeCall, code } = line;
  const leftMs = code === null ? 0 : Date.parse(code.expiresAt) - nowMs;
  const canEnter = code !== null && leftMs > 0 && code.triesLeft > 0 && !unheard.includes(codeCall);
  const isRunning = isCalling(line);
  const ofReturn: Partial<Record<LineDetail['codeCall'], (number: string) => { readonly title: string; readonly text: string }>> = line.kind === 'hosted' ? words.lines.returnCall : {};
  const { title, text } = (ofReturn[codeCall] ?? words.lines.codeCall[codeCall])(formatOpenly(line.number));

  const act = async (run: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setTrouble(null);
    try {
      await run();
      return true;
    } catch (error) {
      setTrouble([...entryRefusals, ...callRefusals].find((each) => isRefusal(error, each)) ?? 'failed');
      return false;
    } finally {
      setBusy(false);
      await linesChanged();
    }
  };
  const call = (): void => void act(() => api.lines.callWithCode({ lineId: line.id }));
  const stop = (): void => void act(() => api.lines.stopCodeCall({ lineId: line.id }));
  const enter = async (digits: string): Promise<void> => {
    if (await act(() => api.lines.enterCode({ lineId: line.id, code: digits }))) onEntered();
    else setAttempt(attempt + 1);
  };

  return (
    <section className={styles['panel']} aria-label={words.lines.proving(line.name)}>
      <div className={styles['say']}>
        <h3 role="status">{title}</h3>
        <p>{text}</p>
        {line.extension === null || codeCall !== 'none' ? null : <p>{words.lines.extensionPressed(line.extension)}</p>}
      </div>
      {canEnter ? <CodeBoxes key={attempt} isDisabled={isBusy} onWhole={(digits) => void enter(digits)} /> : null}
      <p role="alert" className={styles['trouble']}>
        {trouble === null ? '' : trouble === 'failed' ? words.you.failed : words.lines.refusals[trouble](code?.triesLeft ?? 0)}
      </p>
      <div className={styles['foot']}>
        <span>{canEnter ? words.lines.codeEnds(countdown(leftMs), code.triesLeft) : words.lines.callsLeft(line.codeCallsLeft)}</span>
        {isRunning ? (
          <button type="button" className="btn compact" disabled={isBusy} onClick={stop}>
            {words.lines.stop}
          </button>
        ) : (
          <button type="button" className={codeCall === 'none' ? 'btn primary' : 'btn compact'} disabled={isBusy || line.codeCallsLeft === 0} onClick={call}>
            {codeCall !== 'none' ? words.lines.callAgain : line.kind === 'hosted' ? words.lines.callIt : words.lines.callMe}
          </button>
        )}
      </div>
    </section>
  );
}

/** "4:12". */
function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
