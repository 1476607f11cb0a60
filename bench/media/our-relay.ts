/** The embedded engine in a process of its own, told over its standard input what to set up: one JSON line a call, one back. */
import { createInterface } from 'node:readline';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createEmbeddedMediaEngine, type MediaSession } from '#server/telephony/index.ts';

const engine = await createEmbeddedMediaEngine({
  bindAddress: '127.0.0.1',
  advertisedAddresses: ['127.0.0.1'],
  port: 0,
  partyAddress: '127.0.0.1',
  partyPortRange: { from: 40_000, to: 49_998 },
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  // What it carries is measured here, not what it would take.
  limits: { admission: { sessions: 1000, workMs: Infinity, busyFrom: 2, calmFrom: 2 } },
});

type Question = { browserOffer: string; phoneAnswer: string } | { hangUp: number };

const sessions = new Map<number, MediaSession>();
let lastCallId = 0;

async function setUp(browserOffer: string, phoneAnswer: string): Promise<object> {
  const opened = engine.open({ callId: 'bench', onEvent: () => {} });
  if (!opened.ok) throw new Error(opened.refusal);
  const phoneOffer = await opened.value.createPartyOffer('party', { sdes: 'off', direction: 'sendrecv' });
  if (!phoneOffer.ok) throw new Error(phoneOffer.refusal);
  await opened.value.acceptPartyAnswer('party', phoneAnswer);
  const browserAnswer = await opened.value.acceptDeviceOffer('device', browserOffer);
  if (!browserAnswer.ok) throw new Error(browserAnswer.refusal);
  lastCallId += 1;
  sessions.set(lastCallId, opened.value);
  return { callId: lastCallId, browserAnswer: browserAnswer.value, phoneOffer: phoneOffer.value };
}

async function answerTo(question: Question): Promise<object> {
  if ('browserOffer' in question) return setUp(question.browserOffer, question.phoneAnswer);
  sessions.get(question.hangUp)?.close();
  sessions.delete(question.hangUp);
  return {};
}

/** One after the other, so that answers come in the order of their questions. */
let last = Promise.resolve();
createInterface({ input: process.stdin }).on('line', (line) => {
  last = last.then(async () => void process.stdout.write(`${JSON.stringify(await answerTo(JSON.parse(line) as Question))}\n`));
});
process.stdin.on('end', () => process.exit(0));
process.stdout.write('ready\n');
