/** Plays random lives of calls through two whole SIP agents and a faulty network, seed after seed; prints each seed that broke an invariant and how to see it again. */
import { parseArgs } from 'node:util';
import { runCallHistory } from '#server/telephony/sip/agent/call-history.ts';

const { values: options } = parseArgs({ options: { seed: { type: 'string' }, from: { type: 'string', default: '1' }, count: { type: 'string', default: '1000000' } } });

if (options.seed !== undefined) {
  const { broken, trace } = await runCallHistory(Number(options.seed));
  console.log(`${trace.join('\n')}\n\n${broken ?? 'every invariant held'}`);
  process.exitCode = broken === undefined ? 0 : 1;
} else {
  const from = Number(options.from);
  const count = Number(options.count);
  let brokenCount = 0;
  const startedMs = performance.now();
  for (let seed = from; seed < from + count; seed++) {
    const { broken } = await runCallHistory(seed);
    if (broken !== undefined) {
      brokenCount++;
      console.log(`seed ${seed}: ${broken}. Again: scripts/sip-histories --seed ${seed}`);
    }
    if ((seed - from + 1) % 50_000 === 0) console.log(`${seed - from + 1} histories, ${brokenCount} broken, ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  }
  console.log(`${count} histories from seed ${from}: ${brokenCount} broke an invariant, ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  process.exitCode = brokenCount === 0 ? 0 : 1;
}
