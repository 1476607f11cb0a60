/** Tries every trunk of a settings file and says in sentences what is wrong. With --from and --to it lets a phone ring. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { checkTrunkList } from '#server/telephony/index.ts';
import { tryTrunk } from '#server/telephony/sip/carrier/trunk-trial.ts';

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { from: { type: 'string' }, to: { type: 'string' }, host: { type: 'string' }, help: { type: 'boolean' } } });
const file = positionals[0];
const E164 = /^\+[1-9][0-9]{6,14}$/;

if (file === undefined || options.help === true) {
  console.log('scripts/trunk-check FILE [--from +15551230001 --to +15551230002] [--host ADDRESS]\n\nTries each trunk of the settings file: its name, its answer to OPTIONS, its registrar and,\nwith --from and --to, a call which really rings the phone --to. --host is the address of this\nmachine to speak from.');
  process.exit(file === undefined ? 2 : 0);
}
if ((options.from === undefined) !== (options.to === undefined)) stop('Give --from and --to together: the number to show, and the phone to ring.');
for (const number of [options.from, options.to]) if (number !== undefined && !E164.test(number)) stop(`"${number}" is no number as E.164 writes it: "+", the country's code and the number, such as +15551230001.`);

let input: unknown;
try {
  input = JSON.parse(readFileSync(file, 'utf8'));
} catch (error) {
  stop(error instanceof SyntaxError ? `${file} is not JSON: ${error.message}.` : `${file} cannot be read: check the path and its permissions.`);
}
const checked = checkTrunkList(input);
if (!checked.ok) stop(checked.refusal.join('\n'));
else {
  let isGood = true;
  for (const trunk of checked.value) {
    console.log(`\n${trunk.name}`);
    const found = await tryTrunk({
      trunk, clock: systemClock, random: systemRandom, call: options.from === undefined || options.to === undefined ? undefined : { from: options.from, to: options.to },
      ...(options.host === undefined ? {} : { listenHost: options.host }), tell: (finding) => console.log(`  ${finding.isGood ? 'good ' : 'WRONG'}  ${finding.sentence}`),
    });
    isGood &&= found;
  }
  process.exitCode = isGood ? 0 : 1;
}

function stop(words: string): never {
  console.error(words);
  process.exit(2);
}
