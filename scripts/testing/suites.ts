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
  /** Runs at the same time as the suite before it: both wait more than they compute. */
  readonly isBeside?: boolean;
}

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
  { name: 'db-debian', about: "Debian's PostgreSQL 15", command: vitest('db'), environment: { QUIETLINE_TEST_POSTGRES: '/usr/lib/postgresql/15' }, counts: 'tests', isQuick: false },
  { name: 'net', about: 'loopback sockets', command: vitest('net'), counts: 'tests', isQuick: false },
  { name: 'peers', about: "other people's SIP and media programs, and the whole product", command: vitest('peers'), counts: 'tests', isQuick: false },
  { name: 'calls', about: 'browsers and phones, what is heard measured', command: vitest('calls'), counts: 'tests', isQuick: false },
  { name: 'pages', about: 'browsers, and every screen', command: vitest('pages'), counts: 'tests', isQuick: false, isBeside: true },
  { name: 'rtpengine', about: 'calls, and what they survive, on the second media engine', command: [...vitest('calls'), 'first-call', 'identity', 'continuity'], environment: { QUIETLINE_TEST_ENGINE: 'rtpengine' }, counts: 'tests', isQuick: false },
];
