/** Starts werift-relay.ts in a process of its own and speaks its lines. */
import { join } from 'node:path';
import { startLines, type Relay } from './relay.ts';

export async function startWerift(): Promise<Relay> {
  const lines = startLines(process.execPath, [join(import.meta.dirname, 'werift-relay.ts')]);
  await lines.nextLine();
  return {
    name: 'werift',
    pid: lines.child.pid!,
    async setUp(browserOffer, phonePort) {
      lines.child.stdin!.write(`${JSON.stringify({ browserOffer, phonePort })}\n`);
      return JSON.parse(await lines.nextLine()) as { browserAnswer: string; phonePort: number };
    },
    stop: lines.stop,
  };
}
