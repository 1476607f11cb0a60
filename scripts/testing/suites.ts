/** The suites that scripts/test and scripts/check run, in order: what each is, how it is run, how its results are counted. */

export interface Suite {
  readonly name: string;
  readonly about: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** How to read its result: a vitest report, or one check that is passed or failed. */
  readonly counts: 'tests' | 'check';
  /** Part of scripts/check. */
  readonly isQuick: boolean;
  /** Where it stands to the suites before it: after all of them, if not said; at the same time, in a lane of its own; or next in the lane of the one before. */
  readonly begins?: 'beside' | 'next in its lane';
}

/** Lanes run side by side; the suites of a lane one after the other. */
export type Stage = readonly (readonly Suite[])[];

const vitest = (project: string): readonly string[] => ['vitest', 'run', '--project', project, '--reporter', 'dot', '--reporter', 'json'];
const check = (name: string, about: string, ...command: string[]): Suite => ({ name, about, command, counts: 'check', isQuick: true });

export const suites: readonly Suite[] = [
  check('types', 'the server, its tests and scripts', 'tsc', '-p', 'tsconfig.json'),
  check('types-web', 'the page', 'tsc', '-p', 'web/tsconfig.json'),
  check('purity', 'machines, policies, codecs and the contract know no process, timers, files or DOM', 'tsc', '-p', 'tsconfig.pure.json'),
  check('lint', 'floating promises and other slips', 'oxlint', '--type-aware', '--deny-warnings'),
  check('rules', 'who may import whom, and the house', 'node', 'scripts/rules/check-rules.ts'),
  check('dead', 'files, exports and packages that nothing uses', 'knip'),
  { name: 'unit', about: 'no sockets, no database', command: vitest('unit'), counts: 'tests', isQuick: true },
  { name: 'db', about: 'the embedded PostgreSQL', command: vitest('db'), counts: 'tests', isQuick: true },
  { name: 'db-debian', about: "Debian's PostgreSQL 15", command: vitest('db'), environment: { QUIETLINE_TEST_POSTGRES: '/usr/lib/postgresql/15' }, counts: 'tests', isQuick: false, begins: 'beside' },
  // Both wait for real time more than they compute: 300 s and 270 s of processor in eight and nine minutes.
  { name: 'net', about: 'loopback sockets', command: vitest('net'), counts: 'tests', isQuick: false },
  { name: 'peers', about: "other people's SIP and media programs, and the whole product", command: vitest('peers'), counts: 'tests', isQuick: false, begins: 'beside' },
  { name: 'pages', about: 'browsers, and every screen', command: vitest('pages'), counts: 'tests', isQuick: false },
  { name: 'calls', about: 'browsers and phones, what is heard measured', command: vitest('calls'), counts: 'tests', isQuick: false, begins: 'beside' },
  { name: 'rtpengine', about: 'calls, and what they survive, on the second media engine', command: [...vitest('calls'), 'first-call', 'identity', 'continuity', 'parties', 'two-uplinks'], environment: { QUIETLINE_TEST_ENGINE: 'rtpengine' }, counts: 'tests', isQuick: false, begins: 'next in its lane' },
];

/** The stages of those chosen, that run one after the other. */
export function arrange(isChosen: (suite: Suite) => boolean): Stage[] {
  const stages: Suite[][][] = [];
  for (const suite of suites) {
    if (suite.begins === undefined) stages.push([[suite]]);
    else if (suite.begins === 'beside') stages.at(-1)!.push([suite]);
    else stages.at(-1)!.at(-1)!.push(suite);
  }
  return stages.map((lanes) => lanes.map((lane) => lane.filter(isChosen)).filter((lane) => lane.length > 0)).filter((lanes) => lanes.length > 0);
}
