/** The number on the keypad and the line chosen for it: kept while one looks elsewhere, gone with the page. */
import { useSyncExternalStore } from 'react';
import type { LineId, MemberId } from '#contract/ids.ts';
import { isDiscreet } from '../at-hand/discreet.ts';
import { emptyNumber, type TypedNumber } from './number-typing-policy.ts';

export interface KeypadState {
  readonly number: TypedNumber;
  /** A person typed it here: it hides nothing from them. Otherwise it came from a list, and Discreet covers it. */
  readonly isTyped: boolean;
  /** Chosen by hand for this number; null: the contact's, the member's or the practice's. */
  readonly lineId: LineId | null;
  /** The physician in whose name one calls; null for oneself, undefined for what it was the last time. */
  readonly onBehalfOf: MemberId | null | undefined;
  /** A call for help that was stopped, as typed and as the number it is. */
  readonly stopped: { readonly typed: string; readonly emergency: string } | null;
  /** On a phone, whether the dial sheet is up; null until a person has moved it. */
  readonly isRaised: boolean | null;
}

let state: KeypadState = { number: emptyNumber, isTyped: false, lineId: null, onBehalfOf: undefined, stopped: null, isRaised: null };
const listeners = new Set<() => void>();

export const keypadState = (): KeypadState => state;

/** What a key is added to: a number that Discreet covers is not uncovered by a key, it gives way. */
export const startOfTyping = (): TypedNumber => (isDiscreet() && !state.isTyped ? emptyNumber : state.number);

/** A new number is one from a list unless it says that it was typed. */
export function setKeypad(change: Partial<KeypadState>): void {
  state = { ...state, ...(change.number === undefined ? {} : { isTyped: false }), ...change };
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useKeypad = (): KeypadState => useSyncExternalStore(subscribe, keypadState);
