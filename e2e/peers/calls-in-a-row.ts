/** Run as a process, where a network is bad: calls a trunk again and again, and says as JSON how many calls were answered and how many were ended by us. Words: TRANSPORT PORT CALLS, and CA, a file, where the trunk speaks TLS. */
import { readFileSync } from 'node:fs';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';

const [transport, port, calls, ca] = process.argv.slice(2);
const tls = ca === undefined ? {} : { tlsCa: readFileSync(ca, 'utf8'), tlsServerName: 'localhost' };
const checked = checkTrunkSettings({ name: 'bad', host: '127.0.0.1', port: Number(port), transport, optionsIntervalSec: 0, ...tls });
if (!checked.ok) throw new Error(checked.refusal.join(' '));
const carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog });
const offer = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

let answered = 0;
const ends: string[] = [];
const call = (): Promise<void> =>
  new Promise((resolve) => {
    const placed = carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer, trunks: ['bad'], ringTimeoutMs: 20_000 }, (event) => {
      if (event.type === 'answered') {
        answered++;
        setTimeout(() => placed.ok && placed.value.hangUp(), 20);
      }
      if (event.type !== 'ended') return;
      ends.push(event.end.cause);
      resolve();
    });
  });
for (let count = 0; count < Number(calls); count++) await call();
await carrier.close(5_000);
process.stdout.write(`${JSON.stringify({ answered, ends, dialogs: carrier.counts().dialogs })}\n`);
