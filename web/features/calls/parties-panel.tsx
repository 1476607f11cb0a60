/** The panel of a call of several: who is there, or whom to add. With nobody added yet it begins with whom to add. */
import { UserRoundPlus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { mostPartiesInCall } from '#contract/call-parties.ts';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { PartiesRoster } from './parties-roster.tsx';
import styles from './parties-panel.module.css';
import { headCount, isCompany } from './party-words-policy.ts';
import { StagePanel } from './stage-panel.tsx';

const AddChoices = lazy(async () => ({ default: (await import('./add-choices.tsx')).AddChoices }));

/** Kept on the device: who speaks with interpreters first does so each time. */
const APART_KEY = 'quietline-speak-first';

export function PartiesPanel({ call, who, onClose }: { readonly call: CallView; readonly who: string; readonly onClose: () => void }) {
  const text = words.callParties;
  const [isApart, setApart] = useState(() => localStorage.getItem(APART_KEY) === 'yes');
  const count = call.parties.length;
  // Until whoever was asked for is there: what is shown then is how it goes with them.
  const [addingAt, setAddingAt] = useState<number | null>(null);
  const isAdding = count <= 1 || addingAt === count;
  const isFull = call.parties.filter(({ state }) => state !== 'gone').length >= mostPartiesInCall;
  if (!isAdding)
    return (
      <StagePanel key="roster" title={text.titles[headCount(call)] ?? text.roster} text="" onClose={onClose}>
        <PartiesRoster call={call}>
          {isFull ? null : (
            <button type="button" className={styles['plain']} onClick={() => setAddingAt(count)}>
              <UserRoundPlus className="small" />
              {text.more}
            </button>
          )}
        </PartiesRoster>
        {isFull ? <p className={styles['said']}>{text.full}</p> : null}
      </StagePanel>
    );
  return (
    <StagePanel key="add" title={text.addTitle} text={call.answeredAt === null ? '' : (isApart ? text.addTextApart : text.addText)(who)} onClose={onClose}>
      {call.answeredAt === null ? <p className={styles['said']}>{text.notYet}</p> : (
        <Suspense>
          <AddChoices
            call={call}
            who={who}
            isApart={isApart}
            onApart={(next) => {
              setApart(next);
              localStorage.setItem(APART_KEY, next ? 'yes' : 'no');
            }}
          />
        </Suspense>
      )}
      {isCompany(call) ? (
        <button type="button" className={styles['more']} onClick={() => setAddingAt(null)}>
          {text.back}
        </button>
      ) : null}
    </StagePanel>
  );
}
