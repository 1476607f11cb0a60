/** What the one button does after each end and each refusal. The sentences are the messages'; the acts are the screens'. */
import type { DialRefusal, EndReason } from '#contract/calls.ts';

export type EndStep = 'back-to-calls' | 'call-again' | 'edit-number' | 'empty-keypad' | 'choose-line' | 'show-details' | 'copy-details';

export const endSteps = {
  'hung-up-by-member': 'back-to-calls',
  'hung-up-by-party': 'call-again',
  cancelled: 'call-again',
  'no-answer': 'call-again',
  busy: 'call-again',
  rejected: 'choose-line',
  'not-in-service': 'edit-number',
  'number-changed': 'empty-keypad',
  'number-incomplete': 'edit-number',
  blocked: 'show-details',
  'trunk-refused': 'copy-details',
  'network-busy': 'call-again',
  'trunk-down': 'call-again',
  'media-refused': 'copy-details',
  'network-announcement': 'edit-number',
  'message-left': 'back-to-calls',
  'message-cut-off': 'call-again',
  'message-not-left': 'call-again',
  'party-lost': 'call-again',
  'device-lost': 'call-again',
  'time-limit-reached': 'call-again',
  'server-restarted': 'call-again',
  'internal-error': 'call-again',
} as const satisfies Record<EndReason, EndStep>;

export type RefusalStep = 'silence' | 'edit-number' | 'empty-keypad' | 'reload-lines' | 'choose-for-whom' | 'show-call' | 'dial-again';

export const refusalSteps = {
  'emergency-number': 'silence',
  'number-invalid': 'edit-number',
  'number-incomplete': 'edit-number',
  'destination-not-allowed': 'empty-keypad',
  'no-line': 'reload-lines',
  'not-acting-for': 'choose-for-whom',
  'already-on-a-call': 'show-call',
  'limit-reached': 'dial-again',
  'trunk-down': 'dial-again',
  'media-unavailable': 'dial-again',
  'server-busy': 'dial-again',
} as const satisfies Record<DialRefusal, RefusalStep>;
