/** A seal of the dialogs' journal that hides nothing from who knows base64, but hides it from a search for the words: for tests that need no keys. */
import type { SipCarrierOptions } from '#server/telephony/index.ts';

export const openlySealed: NonNullable<SipCarrierOptions['journalSeal']> = {
  seal: (_place, text) => Buffer.from(text).toString('base64'),
  open: (_place, sealed) => Buffer.from(sealed, 'base64').toString('utf8'),
};
