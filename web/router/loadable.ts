/** A component in a file of its own, loaded when somebody comes to it or seems about to. One that is there is drawn at once. */
import { type ComponentType, createElement, type ReactElement, useEffect, useState } from 'react';

export interface Loadable<Props extends object> {
  /** Null until its file is there. */
  readonly draw: ((props: Props) => ReactElement) | null;
  /** Asks again where it failed before. */
  readonly load: () => Promise<void>;
}

export function loadable<Props extends object>(find: () => Promise<ComponentType<Props>>): Loadable<Props> {
  let loading: Promise<void> | null = null;
  let draw: Loadable<Props>['draw'] = null;
  return {
    get draw() {
      return draw;
    },
    load: () =>
      (loading ??= find().then(
        (component) => {
          draw = (props) => createElement(component, props);
        },
        (error: unknown) => {
          loading = null;
          throw error;
        },
      )),
  };
}

/** How to draw it, as soon as that is known. Throws while drawn where the file could not be loaded. */
export function useLoadable<Props extends object>(wanted: Loadable<Props>): Loadable<Props>['draw'] {
  const { draw } = wanted;
  const [outcome, setOutcome] = useState<{ readonly of: Loadable<Props>; readonly failure: { readonly error: unknown } | null } | null>(null);
  useEffect(() => {
    // What was there when this was drawn, not what is there by now: it may have come in between.
    if (draw !== null) return;
    let isGone = false;
    const end = (failure: { readonly error: unknown } | null): void => {
      if (!isGone) setOutcome({ of: wanted, failure });
    };
    wanted.load().then(() => end(null), (error: unknown) => end({ error }));
    return () => {
      isGone = true;
    };
  }, [wanted, draw]);
  if (outcome?.of === wanted && outcome.failure !== null) throw outcome.failure.error;
  return draw;
}
