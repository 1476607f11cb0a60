/** Strangers flood the SIP port with 10,000 junk datagrams a second for a minute while calls are placed; `--seconds` shortens it. What the same calls took without the flood is what theirs is held against. */
import { parseArgs } from 'node:util';
import { callBesideFlood } from '../e2e/peers/flooded-calls.ts';
import { quantile, report } from './report.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '60' } } });
const seconds = Number(options.seconds);
const { sent, answers, quietMs, floodedMs } = await callBesideFlood({ junkPerSecond: 10_000, seconds, callsPerSecond: 25 });

report('flood', { runs: 1, versions: {}, note: `${floodedMs.length} calls without the flood, as many beside it; all of them were answered` }, [
  { metric: 'junk datagrams sent', unit: '1/s', ours: sent / seconds, goal: 9_500, goalOf: 'ours', better: 'more' },
  { metric: 'answers the strangers heard', unit: '', ours: answers, goal: 0, goalOf: 'ours', better: 'less' },
  { metric: 'set-up time beside the flood, median', unit: 'ms', ours: quantile(floodedMs, 0.5), peer: quantile(quietMs, 0.5), peerName: 'without', goal: 200, goalOf: 'ours', better: 'less' },
  { metric: 'set-up time added, p99 less the median without', unit: 'ms', ours: quantile(floodedMs, 0.99) - quantile(quietMs, 0.5), goal: 200, goalOf: 'ours', better: 'less' },
  { metric: 'set-up time added, longest less the median without', unit: 'ms', ours: floodedMs.at(-1)! - quantile(quietMs, 0.5), goal: 1_000, goalOf: 'ours', better: 'less' },
], options.json);
