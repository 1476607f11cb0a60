/** Child processes that die with their parent, even where the parent is killed: a leaked peer would keep its port and its call. Linux only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface TetheredProcess {
  readonly child: ChildProcess;
  /** All it wrote to both streams so far. */
  output(): string;
  /** Resolves once a line matches; rejects with the output if the process ends first or `timeoutMs` pass. */
  waitForOutput(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray>;
  /** Ends it and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface TetherOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

export function startTethered(command: string, commandArguments: readonly string[], options: TetherOptions = {}): TetheredProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...commandArguments], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let wake = (): void => undefined;
  const hear = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
    wake();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.on('error', (cause) => {
    text += `\n${String(cause)}`;
    wake();
  });
  child.on('exit', () => wake());
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  return {
    child,
    output: () => text,
    waitForOutput: (pattern, timeoutMs) =>
      new Promise((resolve, reject) => {
        const before = wake;
        const settle = (act: () => void): void => {
          clearTimeout(deadline);
          wake = before;
          act();
        };
        const fail = (why: string): void => settle(() => reject(new Error(`${command} ${why}:\n${text.slice(-4000)}`)));
        const deadline = setTimeout(() => fail(`did not say ${String(pattern)} within ${timeoutMs} ms`), timeoutMs);
        wake = () => {
          before();
          const match = text.match(pattern);
          if (match !== null) settle(() => resolve(match));
          else if (hasEnded()) fail('ended');
        };
        wake();
      }),
    async kill(signal = 'SIGKILL') {
      if (hasEnded() || child.pid === undefined) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}
