/** Writes the log, one JSON object a line, after the redaction policy has been over it. The only place that knows pino. */
import { pino, type DestinationStream } from 'pino';
import type { Log, LogFields } from './log.ts';
import { redactError, redactEvent, redactFields } from './redaction-policy.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogSink extends Log {
  /** Writes what is still held back; before the process ends. */
  flush(): void;
}

export interface LogSinkOptions {
  level: LogLevel;
  /** A file to append to, or the standard output. */
  destination: { file: string } | 'stdout' | DestinationStream;
}

export function createLogSink({ level, destination }: LogSinkOptions): LogSink {
  const stream = destination === 'stdout' ? pino.destination({ dest: 1, sync: true }) : 'file' in destination ? pino.destination({ dest: destination.file, sync: true, mkdir: true, append: true, mode: 0o600 }) : destination;
  const writer = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) }, messageKey: 'event' }, stream);
  const sink = (bound: LogFields): Log => ({
    debug: (event, fields) => writer.debug({ ...bound, ...redactFields(fields ?? {}) }, redactEvent(event)),
    info: (event, fields) => writer.info({ ...bound, ...redactFields(fields ?? {}) }, redactEvent(event)),
    warn: (event, fields) => writer.warn({ ...bound, ...redactFields(fields ?? {}) }, redactEvent(event)),
    error: (event, cause, fields) => writer.error({ ...bound, ...redactFields(fields ?? {}), error: redactError(cause) }, redactEvent(event)),
    child: (fields) => sink({ ...bound, ...redactFields(fields) }),
  });
  return { ...sink({}), flush: () => writer.flush() };
}
