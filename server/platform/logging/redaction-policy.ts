/** Decides what of a log line may be written. Everything is refused that is not known to be harmless: a name cannot be recognised, so only listed fields may hold text at all. */
import type { LogFields } from './log.ts';

/** The fields that may hold a word, an id or a code. A field is added here with thought: what could a caller ever put into it? */
const WORD_FIELDS = new Set([
  'callId', 'practiceId', 'memberId', 'lineId', 'deviceId', 'sessionId', 'requestId', 'jobId', 'legId', 'leg',
  'event', 'state', 'from', 'into', 'phase', 'reason', 'endReason', 'refusal', 'cause', 'code', 'kind', 'mode', 'role', 'signal',
  'method', 'route', 'trunk', 'transport', 'protection', 'codec', 'engine', 'version', 'timer', 'effect', 'job', 'migration', 'direction', 'command', 'component',
]); // prettier-ignore

/** Starts with a letter or a hexadecimal digit; no space, no '@', no '+', nothing outside ASCII. */
const WORD = /^[a-z0-9/*][\w./:*-]{0,79}$/i;
const EVENT = /^[a-z][a-z0-9-]{0,63}$/;
/** Seven digits in a row are a telephone number until shown to be something else. A UUID's groups are told apart by their letters and dashes. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PHONE_LIKE = /\d{7}|\d{3}[-.]\d{3,4}/;
/** Base64 of 20 characters or more is a secret's length. */
const TOKEN_LIKE = /[A-Za-z0-9_+/=-]{20}/;
/** Counts and measures carry their unit in their name; any other number this large might be somebody's. */
const MEASURE = /(Ms|S|Bytes|Count|Number|At|Port|status|q850|attempt|pid)$/;
const LARGEST_PLAIN_NUMBER = 999_999;

export const REDACTED = '[redacted]';

export function redactFields(fields: LogFields): Record<string, string | number | boolean> {
  const written: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) written[name] = redactValue(name, value);
  return written;
}

/** An event is a fixed phrase of the code; one that was built from data does not look like it. */
export function redactEvent(event: string): string {
  return EVENT.test(event) && !PHONE_LIKE.test(event) ? event : REDACTED;
}

function redactValue(name: string, value: string | number | boolean): string | number | boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return MEASURE.test(name) || Math.abs(value) <= LARGEST_PLAIN_NUMBER ? value : REDACTED;
  if (!WORD_FIELDS.has(name)) return REDACTED;
  if (UUID.test(value)) return value;
  return WORD.test(value) && !PHONE_LIKE.test(value) && !TOKEN_LIKE.test(value.replaceAll(/[a-z]+-/g, '')) ? value : REDACTED;
}

export interface ErrorFacts {
  name: string;
  code?: string;
  /** Where it was thrown, without its message. */
  at: string[];
}

/** 'TypeError', and the 'error' of the database's driver. */
const CLASS = /^[A-Za-z]{0,40}error$/i;
/** ECONNREFUSED, ERR_INVALID_URL, and SQL's 23505. */
const CODE = /^[A-Z0-9_]{3,40}$/;

/** An error's message may quote what it choked on; its class, its code and its frames cannot. */
export function redactError(cause: unknown): ErrorFacts {
  if (!(cause instanceof Error)) return { name: typeof cause, at: [] };
  const code = 'code' in cause && typeof cause.code === 'string' && CODE.test(cause.code) && !PHONE_LIKE.test(cause.code) ? { code: cause.code } : {};
  return { name: CLASS.test(cause.name) ? cause.name : 'Error', ...code, at: framesOf(cause.stack ?? '') };
}

const FRAME = /^\s+at (?:.* \()?((?:file:|node:|\/)[^()\s]*:\d+:\d+)\)?$/;

function framesOf(stack: string): string[] {
  return stack.split('\n').flatMap((line) => FRAME.exec(line)?.[1] ?? []).slice(0, 12);
}
