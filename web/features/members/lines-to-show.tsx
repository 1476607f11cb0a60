/** Which lines one member may show: said in the row, and chosen in boxes that open below it. What is said counts at once, and can be undone for ten seconds. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { LineId, MemberId } from '#contract/ids.ts';
import type { MemberView } from '#contract/members.ts';
import { api } from '../../api/api-client.ts';
import { linesQuery } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { useUndo } from '../call-log/use-undo.ts';
import { lineDetailsQuery } from '../lines/line-queries.ts';
import { linesToShowQuery } from './members-queries.ts';
import styles from './members-section.module.css';

interface Shown {
  readonly id: LineId;
  readonly name: string;
}

export interface LinesToShow {
  /** Null: all, also those that are added later. */
  readonly ids: readonly LineId[] | null;
  /** Those that could be ticked: the proven ones, and what the member was given before a proof ended. */
  readonly choices: readonly Shown[];
  readonly isKnown: boolean;
}

export function useLinesToShow(memberId: MemberId): LinesToShow {
  const given = useQuery(linesToShowQuery);
  const proven = useQuery(linesQuery);
  const details = useQuery(lineDetailsQuery);
  const ids = given.data?.find((each) => each.memberId === memberId)?.lineIds ?? null;
  const choices = (details.data ?? []).filter(({ id }) => proven.data?.some((line) => line.id === id) === true || ids?.includes(id) === true);
  return { ids, choices, isKnown: given.isSuccess && proven.isSuccess && details.isSuccess };
}

/** In the row. */
export function MayShow({ member, lines, isOpen, onToggle }: { readonly member: MemberView; readonly lines: LinesToShow; readonly isOpen: boolean; readonly onToggle: () => void }) {
  if (!lines.isKnown) return <span className={styles['mayShow']} />;
  const names = lines.choices.filter(({ id }) => lines.ids?.includes(id)).map(({ name }) => name);
  const text = lines.ids === null ? words.members.allLines : names.length === 0 ? words.members.noLines : names.join(', ');
  return (
    <span className={styles['mayShow']}>
      <span className={styles['columnLabel']}>{words.members.columns.mayShow} </span>
      {member.isDisabled || lines.choices.length < 2 ? (
        text
      ) : (
        <button type="button" aria-expanded={isOpen} onClick={onToggle}>
          <span className="sr">{words.members.mayShowOf(member.name)} </span>
          <span>{text}</span>
          <ChevronDown className="small" />
        </button>
      )}
    </span>
  );
}

/** Below the row. */
export function LinesToShowBoxes({ member, lines: { ids, choices } }: { readonly member: MemberView; readonly lines: LinesToShow }) {
  const id = useId();
  const queries = useQueryClient();
  const { undo, offer, withdraw } = useUndo();
  const [hasFailed, setFailed] = useState(false);
  const lastTurn = useRef(0);

  const say = async (lineIds: LineId[] | null): Promise<boolean> => {
    // The box is ticked at once; what the server says after the last word stands, and no answer to an earlier question.
    const turn = (lastTurn.current += 1);
    await queries.cancelQueries({ queryKey: linesToShowQuery.queryKey });
    queries.setQueryData(linesToShowQuery.queryKey, (all = []) => [...all.filter(({ memberId }) => memberId !== member.id), ...(lineIds === null ? [] : [{ memberId: member.id, lineIds }])]);
    const isSaid = await api.lines.setToShow({ memberId: member.id, lineIds }).then(
      () => true,
      () => false,
    );
    setFailed(!isSaid);
    if (turn !== lastTurn.current) return isSaid;
    await Promise.all([queries.invalidateQueries({ queryKey: linesToShowQuery.queryKey }), queries.invalidateQueries({ queryKey: linesQuery.queryKey })]);
    return isSaid;
  };
  const ticked = choices.filter((line) => ids?.includes(line.id) ?? true);
  const toggle = async (line: Shown): Promise<void> => {
    const before = ids === null ? null : [...ids];
    const wanted = choices.filter((each) => (each.id === line.id) !== ticked.includes(each)).map((each) => each.id);
    withdraw();
    if (await say(wanted.length === choices.length ? null : wanted)) offer(() => void say(before));
  };
  return (
    <fieldset className={styles['boxes']} aria-describedby={id}>
      <legend className={styles['worksFor']}>
        {words.members.columns.mayShow}
        <span className="sr"> {member.name}</span>
      </legend>
      {choices.map((line) => (
        <label key={line.id}>
          <input type="checkbox" checked={ticked.includes(line)} disabled={ticked.length === 1 && ticked[0] === line} onChange={() => void toggle(line)} />
          {line.name}
        </label>
      ))}
      {undo === null ? null : (
        <button type="button" className="btn compact" onClick={undo}>
          {words.members.undo}
        </button>
      )}
      <p id={id} className={styles['worksFor']}>
        {words.members.mayShowMeans}
      </p>
      <p role={hasFailed ? 'alert' : 'status'} className={hasFailed ? styles['trouble'] : 'sr'}>
        {hasFailed ? words.you.failed : undo === null ? null : words.members.mayShowSaved(member.name)}
      </p>
    </fieldset>
  );
}
