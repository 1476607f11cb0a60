/** The message that the server speaks for a member who has recorded none. Apart from the schemas, so that the call's screens load no validator. */
import type { SpokenMessageId } from './ids.ts';

/** That the clinic called and asks to be called back; in the party's language where it is known. */
export const defaultSpokenMessageId = '01890000-0000-7000-8000-00000000de5a' as SpokenMessageId;
/** In English; other languages take a few seconds more. */
export const defaultSpokenMessageMs = 10_600;
