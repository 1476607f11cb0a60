/** Starts our-relay.ts in a process of its own and speaks its lines. */
import { join } from 'node:path';
import { audioPortOf, phoneAnswerOf, startLines, type Relay } from './relay.ts';

/** With the flag that scripts/server gives it: a small young generation (docs/decisions/0008). */
export async function startOurs(): Promise<Relay> {
  const lines = startLines(process.execPath, ['--max-semi-space-size=4', join(import.meta.dirname, 'our-relay.ts')]);
  await lines.nextLine();
  const ask = async <Answer>(question: object): Promise<Answer> => {
    lines.child.stdin!.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await lines.nextLine()) as Answer;
  };
  return {
    name: 'ours',
    pid: lines.child.pid!,
    async setUp(browserOffer, phonePort) {
      const made = await ask<{ callId: number; browserAnswer: string; phoneOffer: string }>({ browserOffer, phoneAnswer: phoneAnswerOf(phonePort) });
      return {
        browserAnswer: made.browserAnswer,
        phonePort: audioPortOf(made.phoneOffer),
        hangUp: async () => void (await ask({ hangUp: made.callId })),
      };
    },
    stop: lines.stop,
  };
}
