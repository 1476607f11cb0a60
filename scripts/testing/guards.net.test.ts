/** The guards of the build, each shown a planted fault: what it lets through unseen it does not guard. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Runs a tool of the checkout; resolves to all it said and whether it was content. */
function run(directory: string, tool: string, ...words: string[]): Promise<{ isContent: boolean; said: string }> {
  return new Promise((resolve) => {
    execFile(join(root, 'node_modules/.bin', tool), words, { cwd: directory, env: { PATH: `${root}/node_modules/.bin:/usr/bin:/bin`, NO_COLOR: '1' } }, (error, out, err) => resolve({ isContent: error === null, said: out + err }));
  });
}

describe('a planted fault is caught', () => {
  let directory: string;
  beforeEach(async () => {
    // Inside the checkout, so that packages are found; dist is nobody's source.
    directory = await mkdtemp(join(root, 'dist-planted-'));
    await symlink(join(root, 'tsconfig.base.json'), join(directory, 'tsconfig.base.json'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const plant = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);

  test('a floating promise, by the linter', async () => {
    await plant('tsconfig.json', '{"extends": "./tsconfig.base.json", "include": ["*.ts"]}');
    await plant('floating.ts', '/** Planted. */\nexport async function save(): Promise<void> {}\nexport function close(): void {\n  save();\n}\n');
    const { isContent, said } = await run(directory, 'oxlint', '--type-aware', '--deny-warnings', '-c', join(root, '.oxlintrc.json'), '.');
    expect(said).toContain('no-floating-promises');
    expect(isContent).toBe(false);
  });

  test.each([
    ['a timer', 'setTimeout(() => {}, 1);', 'setTimeout'],
    ['the process', 'export const home = process.env;', 'process'],
    ['a file', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;", 'node:fs'],
    ['a Buffer', "export const bytes = Buffer.from('');", 'Buffer'],
    ['the DOM', 'export const title = document.title;', 'document'],
  ])('%s in a pure file, by the compiler', async (_what, fault, named) => {
    await plant('planted-machine.ts', `/** Planted. */\n${fault}\nexport {};\n`);
    await plant('tsconfig.json', '{"extends": "./tsconfig.base.json", "compilerOptions": {"lib": ["ES2023"], "types": []}, "include": ["*-machine.ts"]}');
    const { isContent, said } = await run(directory, 'tsc', '-p', 'tsconfig.json', '--pretty', 'false');
    expect(said).toContain(named);
    expect(isContent).toBe(false);
  });

  test.each([
    ['a socket', "import { createServer } from 'node:net';\ntest('leaks', () => new Promise<void>((resolve) => void createServer().listen(0, '127.0.0.1', resolve)));"],
    ['a timer', "test('leaks', () => void setTimeout(() => {}, 60_000));"],
    ['a child process', "import { spawn } from 'node:child_process';\ntest('leaks', () => void spawn('sleep', ['30']));"],
  ])('%s that a test leaves behind, by the leak check', async (_what, body) => {
    await plant('leaky.test.ts', `import { test } from 'vitest';\n${body}\n`);
    await plant('vitest.config.ts', `export default { test: { include: ['*.test.ts'], setupFiles: ['${join(root, 'scripts/testing/leaks-setup.ts')}'] } };\n`);
    const { isContent, said } = await run(directory, 'vitest', 'run', '--root', directory);
    expect(said).toContain('left these open');
    expect(isContent).toBe(false);
  });

  test('and a file that leaves nothing passes it', async () => {
    await plant('tidy.test.ts', "import { test } from 'vitest';\ntest('is tidy', () => {});\n");
    await plant('vitest.config.ts', `export default { test: { include: ['*.test.ts'], setupFiles: ['${join(root, 'scripts/testing/leaks-setup.ts')}'] } };\n`);
    expect((await run(directory, 'vitest', 'run', '--root', directory)).isContent).toBe(true);
  });
});
