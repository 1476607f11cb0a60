/** The kinds of test, told apart by file name: unit, db, net and e2e, the last two in two suites each. Owns how each kind is run; says nothing of what is tested. */
import { defineConfig } from 'vitest/config';

const everywhere = ['contract', 'server', 'web', 'sandbox', 'bench', 'scripts', 'e2e'];
const named = (suffix: string): string[] => everywhere.map((root) => `${root}/**/*${suffix}`);

/** A database is made only for kinds that may ask for one. */
const database = './scripts/testing/database-setup.ts';
/** What a file leaves behind (sockets, timers, child processes) fails it. */
const leaks = './scripts/testing/leaks-setup.ts';

/** The stories whose sound or gap is measured: one lane, one file after the other. What is left is of pages, and is run beside them. */
const measured = ['bad-network', 'continuity', 'firefox', 'first-call', 'hotel', 'identity', 'media-engine', 'messages', 'parties', 'two-uplinks'].map((story) => `e2e/${story}.e2e.test.ts`);
/** What is proven against programs of others, or the whole product: a suite of its own, after the rest of its kind. */
const peers = ['e2e/**/*.net.test.ts'];
const sockets = {
  globalSetup: [database],
  setupFiles: [leaks],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Real peers and real time: side by side, on few cores, they would starve one another.
  fileParallelism: false,
  // What is marked concurrent only waits, each for a peer of its own.
  maxConcurrency: 16,
};
const browsers = {
  globalSetup: [database],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // A page on a busy machine takes its seconds; what waits for it is told by name when it never comes.
  expect: { poll: { timeout: 15_000 } },
  fileParallelism: false,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [...named('.test.ts'), ...named('.test.tsx')],
          exclude: ['**/*.db.test.ts', '**/*.net.test.ts', '**/*.e2e.test.ts', '**/node_modules/**'],
          setupFiles: [leaks],
          testTimeout: 20_000,
          // They share nothing but pure modules: a process and its modules for each file cost several times what its tests do.
          isolate: false,
        },
      },
      {
        test: {
          name: 'db',
          include: named('.db.test.ts'),
          globalSetup: [database],
          setupFiles: [leaks],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      { test: { ...sockets, name: 'net', include: named('.net.test.ts'), exclude: peers } },
      { test: { ...sockets, name: 'peers', include: peers } },
      { test: { ...browsers, name: 'calls', include: measured } },
      { test: { ...browsers, name: 'pages', include: ['e2e/**/*.e2e.test.ts'], exclude: measured } },
    ],
  },
});
