/** What a module may say to the log. The sink redacts; a caller still never passes a person's data. */

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  /** `event` is a fixed kebab-case phrase ("invite-answered"), never a sentence built from data. */
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** A bug or a lost dependency; `cause` is reduced to its name, code and stack at the sink. */
  error(event: string, cause: unknown, fields?: LogFields): void;
  child(fields: LogFields): Log;
}

/** Says nothing; for tests and for tools that print their own findings. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
