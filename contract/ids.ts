/** Branded ids: a call's id cannot be given where a practice's is due. UUIDs, version 7, made by the server. */
import * as z from 'zod';

export const practiceIdSchema = z.uuid().brand<'PracticeId'>();
export type PracticeId = z.infer<typeof practiceIdSchema>;

export const memberIdSchema = z.uuid().brand<'MemberId'>();
export type MemberId = z.infer<typeof memberIdSchema>;

export const lineIdSchema = z.uuid().brand<'LineId'>();
export type LineId = z.infer<typeof lineIdSchema>;

export const callIdSchema = z.uuid().brand<'CallId'>();
export type CallId = z.infer<typeof callIdSchema>;

/** One who was added to a call: an interpreter, family. */
export const partyIdSchema = z.uuid().brand<'PartyId'>();
export type PartyId = z.infer<typeof partyIdSchema>;

/** Where a practice gets interpreters from, by telephone. */
export const interpreterServiceIdSchema = z.uuid().brand<'InterpreterServiceId'>();
export type InterpreterServiceId = z.infer<typeof interpreterServiceIdSchema>;

/** A message that a member recorded, to be left in mailboxes. */
export const spokenMessageIdSchema = z.uuid().brand<'SpokenMessageId'>();
export type SpokenMessageId = z.infer<typeof spokenMessageIdSchema>;

/** One browser tab's own id, made by the page and kept for as long as the tab lives: tells a refresh from a second device. */
export const deviceIdSchema = z.uuid().brand<'DeviceId'>();
export type DeviceId = z.infer<typeof deviceIdSchema>;

/** E.164: '+' and 7 to 15 digits. */
export const e164Schema = z.string().regex(/^\+[1-9]\d{6,14}$/).brand<'E164'>();
export type E164 = z.infer<typeof e164Schema>;

/** Short codes that are routed as they stand: the Suicide and Crisis Lifeline, and the relay service for deaf and speech-impaired people. */
export const serviceCodeSchema = z.enum(['988', '711']);
export type ServiceCode = z.infer<typeof serviceCodeSchema>;

/** Whom a call is to. */
export const partyNumberSchema = z.union([e164Schema, serviceCodeSchema]);
export type PartyNumber = z.infer<typeof partyNumberSchema>;
