/** What came of a call, as a person says it. Apart from the schemas, so that the page that offers them loads no validator. */
export const callOutcomes = ['reached', 'no-answer', 'voicemail-left', 'mailbox-full', 'busy', 'wrong-number', 'call-screened', 'failed'] as const;
export type CallOutcome = (typeof callOutcomes)[number];
