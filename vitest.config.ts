/** The four kinds of test, told apart by file name: unit, db, net and e2e. Owns how each kind is run; says nothing of what is tested. */
import { defineConfig } from 'vitest/config';

const everywhere = ['contract', 'server', 'web', 'sandbox', 'bench', 'scripts', 'e2e'];
const named = (suffix: string): string[] => everywhere.map((root) => `${root}/**/*${suffix}`);

/** A database is made only for kinds that may ask for one. */
const database = './scripts/testing/database-setup.ts';
/** What a file leaves behind (sockets, timers, child processes) fails it. */
const leaks = './scripts/testing/leaks-setup.ts';

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
      {
        test: {
          name: 'net',
          include: named('.net.test.ts'),
          globalSetup: [database],
          setupFiles: [leaks],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real peers and real time: side by side, on few cores, they would starve one another.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          globalSetup: [database],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
