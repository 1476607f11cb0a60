/** In whose name a member of the staff calls: the one chosen, else the one of their last call, else the only one they work for. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { MemberId } from '#contract/ids.ts';
import { recentCallsQuery } from '../../api/queries.ts';
import { useSession } from '../sign-in/use-session.ts';
import { useKeypad } from './keypad-store.ts';

export interface ActingFor {
  /** Empty for everybody who works for nobody: then nothing is asked. */
  readonly choices: readonly { readonly id: MemberId; readonly name: string }[];
  /** Null: for oneself. */
  readonly chosen: MemberId | null;
}

export function useActingFor(): ActingFor {
  const { member, actsFor, roles } = useSession();
  const { onBehalfOf } = useKeypad();
  const recent = useInfiniteQuery(recentCallsQuery);
  const choices = actsFor.filter(({ mayBeCalledFor }) => mayBeCalledFor) as ActingFor['choices'];
  const isChoice = (id: MemberId | null): boolean => id === null || choices.some((each) => each.id === id);
  if (onBehalfOf !== undefined && isChoice(onBehalfOf)) return { choices, chosen: onBehalfOf };
  const last = recent.data?.pages.flatMap(({ calls }) => calls).find(({ madeBy }) => madeBy === member.id);
  if (last !== undefined && isChoice(last.onBehalfOf)) return { choices, chosen: last.onBehalfOf };
  // Who is staff and nothing else is there to call for somebody.
  return { choices, chosen: roles.includes('physician') ? null : (choices[0]?.id ?? null) };
}
