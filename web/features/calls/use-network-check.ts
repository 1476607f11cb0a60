/** The network check as a screen shows it: one title, one or two sentences, and what was tried. Draws nothing. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AudioPath } from '#contract/call-audio.ts';
import { words } from '../../messages/messages.ts';
import { useEngine } from './engine-context.tsx';
import type { NetworkCheck } from './network-check.ts';
import { judgeNetwork, pathsInOrder, type NetworkVerdict, type Trial } from './network-check-policy.ts';

export interface ShownNetworkCheck {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly isRunning: boolean;
  /** The label of its button. */
  readonly next: string;
  readonly tried: readonly { readonly path: AudioPath; readonly trial: Trial }[];
  readonly run: () => void;
}

function sentencesOf({ way, sound, figures }: NetworkVerdict): readonly string[] {
  const said = words.networkCheck;
  if (way === 'no-way' || way === 'no-way-no-relay') return [said.next[way]];
  if (sound === null || figures === null) return [];
  return [said.sounds[sound](), said.figures(Math.round(Math.max(figures.lostUp, figures.lostDown) * 100), figures.roundTripMs)];
}

function shownOf(check: NetworkCheck | null): Pick<ShownNetworkCheck, 'title' | 'sentences'> {
  const said = words.networkCheck;
  if (check === null) return { title: said.title, sentences: [said.text] };
  const { trials } = check.findings;
  if (check.isRunning) {
    const known = [...trials.values()].filter((trial) => trial !== 'trying').length;
    return { title: said.running, sentences: [said.runningText(known, trials.size)] };
  }
  const hasOpen = [...trials.values()].includes('open');
  if (check.failure !== null && !hasOpen) return { title: said.failures[check.failure].title, sentences: [said.failures[check.failure].text] };
  const verdict = judgeNetwork(check.findings);
  return verdict === null ? { title: said.title, sentences: [said.text] } : { title: said.ways[verdict.way], sentences: sentencesOf(verdict) };
}

export function useNetworkCheck(): ShownNetworkCheck {
  const { engine } = useEngine();
  const [check, setCheck] = useState<NetworkCheck | null>(null);
  const isAsked = useRef(false);
  const run = useCallback(() => {
    if (engine === null) isAsked.current = true;
    else void engine.network.run(setCheck);
  }, [engine]);
  // Asked for before the engine was loaded: done as soon as it is.
  useEffect(() => {
    if (engine === null || !isAsked.current) return;
    isAsked.current = false;
    void engine.network.run(setCheck);
  }, [engine]);
  const trials = check?.findings.trials;
  return {
    ...shownOf(check),
    isRunning: check?.isRunning === true,
    next: check === null || check.isRunning ? words.networkCheck.check : words.networkCheck.again,
    tried: check?.isRunning === false ? pathsInOrder.flatMap((path) => (trials?.has(path) === true ? [{ path, trial: trials.get(path)! }] : [])) : [],
    run,
  };
}
