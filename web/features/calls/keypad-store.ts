/** The number on the keypad and the line chosen for it: kept while one looks elsewhere, gone with the page. */
import { useSyncExternalStore } from 'react';
import type { LineId } from '#contract/ids.ts';
import { emptyNumber, type TypedNumber } from './number-typing-policy.ts';

export interface KeypadState {
  readonly number: TypedNumber;
  /** Null: the practice's default line. */
  readonly lineId: LineId | null;
  /** A call for help that was stopped, as typed and as the number it is. */
  readonly stopped: { readonly typed: string; readonly emergency: string } | null;
  /** On a phone, whether the dial sheet is up; null until a person has moved it. */
  readonly isRaised: boolean | null;
}

let state: KeypadState = { number: emptyNumber, lineId: null, stopped: null, isRaised: null };
const listeners = new Set<() => void>();

export const keypadState = (): KeypadState => state;

export function setKeypad(change: Partial<KeypadState>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useKeypad = (): KeypadState => useSyncExternalStore(subscribe, keypadState);
