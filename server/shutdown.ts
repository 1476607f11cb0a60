/** Stops what was started, last first, once: on a signal, or when a start fails half way. Also keeps a bug in one call or request from ending the process. */
import type { Log } from './platform/logging/log.ts';

export interface Shutdown {
  /** Adds a part once it runs; `stop` is waited for. */
  add(name: string, stop: () => Promise<void>): void;
  /** Stops everything. A part that fails to stop is told on stderr and does not keep the rest. */
  run(): Promise<void>;
  /** From now on SIGINT, SIGTERM and SIGHUP stop everything and end the process; a second one ends it at once. */
  onSignal(log: Log): void;
}

/** A start that was refused for a reason the operator can mend; the message says how. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

export function createShutdown(): Shutdown {
  const parts: { name: string; stop: () => Promise<void> }[] = [];
  let running: Promise<void> | undefined;

  const stopAll = async (): Promise<void> => {
    for (const { name, stop } of parts.reverse()) {
      await stop().catch((cause: unknown) => process.stderr.write(`${name} did not stop: ${cause instanceof Error ? cause.message : String(cause)}\n`));
    }
  };
  const run = (): Promise<void> => (running ??= stopAll());

  return {
    add: (name, stop) => void parts.push({ name, stop }),
    run,
    onSignal(log) {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.on(signal, () => {
          if (running !== undefined) process.exit(1);
          log.info('server-stopping', { signal });
          process.stdout.write('Stopping ...\n');
          void run().then(() => process.exit(0));
        });
      }
      // A bug ends one call or one request. What could not be tied to either is written down, and the other calls go on.
      process.on('unhandledRejection', (cause) => log.error('unhandled-rejection', cause));
      process.on('uncaughtException', (cause) => log.error('uncaught-exception', cause));
    },
  };
}
