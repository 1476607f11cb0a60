/** Why somebody did not come in, in words that are true: the passkey's refusal, too many who came in at once, or a server that did not answer. */
import { isRefusal } from '../../api/api-client.ts';

/** Neither the person nor what they showed is at fault. */
export type Unreached = 'too-many' | 'server-away';

/** A clinic is one address to the server: what its limit refuses says nothing of a person's passkey, link or code. */
export const unreachedBy = (error: unknown): Unreached => (isRefusal(error, 'TOO_MANY_REQUESTS') ? 'too-many' : 'server-away');

export const passkeyTroubleOf = (error: unknown): Unreached | 'passkey-refused' => (isRefusal(error, 'PASSKEY_REFUSED') ? 'passkey-refused' : unreachedBy(error));
