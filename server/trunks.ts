/** Reads the trunk settings file. What a trunk may say is telephony's; that the file is there, readable and JSON is told here. */
import { readFile } from 'node:fs/promises';
import { checkTrunkList, type TrunkSettings } from './telephony/index.ts';
import { StartRefused } from './shutdown.ts';

export async function readTrunks(path: string): Promise<readonly TrunkSettings[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new StartRefused(`--trunks: ${path} cannot be read. Give the path of a JSON file; README.md shows one.`);
  });
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    // Where, and nothing of what stands there: it may be a password.
    const [place] = /line \d+ column \d+/u.exec(cause instanceof Error ? cause.message : '') ?? [];
    throw new StartRefused(`--trunks: ${path} is not JSON${place === undefined ? '' : ` (${place})`}. README.md shows an example.`);
  }
  const checked = checkTrunkList(input);
  if (!checked.ok) throw new StartRefused([`${path}:`, ...checked.refusal].join('\n'));
  return checked.value;
}

/** One offer goes to whichever trunk takes the call: the strictest trunk's word on the audio's encryption holds for all, so that none is downgraded. */
export function strictestMediaEncryption(trunks: readonly TrunkSettings[]): TrunkSettings['mediaEncryption'] {
  const order = ['required', 'optional', 'off'] as const;
  return order.find((policy) => trunks.some(({ mediaEncryption }) => mediaEncryption === policy)) ?? 'off';
}
