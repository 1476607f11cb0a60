/** Run as a process: calls a trunk and keeps the call until somebody kills it. Words: TRANSPORT PORT JOURNAL, and CA, a file, where the trunk speaks TLS. Says 'answered' when the call stands. */
import { readFileSync } from 'node:fs';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { checkTrunkSettings, createSipCarrier } from '#server/telephony/index.ts';
import { openlySealed } from './openly-sealed.ts';

const [transport, port, journalPath, ca] = process.argv.slice(2);
const tls = ca === undefined ? {} : { tlsCa: readFileSync(ca, 'utf8'), tlsServerName: 'localhost' };
const checked = checkTrunkSettings({ name: 'sipp', host: '127.0.0.1', port: Number(port), transport, optionsIntervalSec: 0, ...tls });
if (!checked.ok) throw new Error(checked.refusal.join(' '));
const carrier = await createSipCarrier({ trunks: [checked.value], listen: { host: '127.0.0.1', udpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog, journalPath, journalSeal: openlySealed });
const offer = 'v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
carrier.place({ callId: 'c', to: '+15550100100', from: '+15550199199', displayName: undefined, offer, trunks: ['sipp'], ringTimeoutMs: 10_000 }, (event) => {
  if (event.type === 'answered') process.stdout.write('answered\n');
});
