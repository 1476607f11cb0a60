/** The browser's part of a passkey: asks the device, hands on its answer. Knows no session and no sentence. */
import type { PasskeyResponse } from '#contract/sign-in.ts';

type Options = Readonly<Record<string, unknown>>;

export type PasskeyOutcome = { readonly ok: true; readonly response: PasskeyResponse } | { readonly ok: false; readonly refusal: 'dismissed' | 'not-possible' };

export const canUsePasskeys = (): boolean => 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

async function ceremony(ask: () => Promise<Credential | null>): Promise<PasskeyOutcome> {
  if (!canUsePasskeys()) return { ok: false, refusal: 'not-possible' };
  try {
    const credential = await ask();
    if (!(credential instanceof PublicKeyCredential)) return { ok: false, refusal: 'dismissed' };
    return { ok: true, response: credential.toJSON() as unknown as PasskeyResponse };
  } catch (error) {
    // Closed, timed out, or no passkey of this site here: browsers say one and the same, so as to tell a page nothing.
    const isDismissed = error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError');
    return { ok: false, refusal: isDismissed ? 'dismissed' : 'not-possible' };
  }
}

export const askForPasskey = (options: Options): Promise<PasskeyOutcome> =>
  ceremony(() => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON) }));

export const makePasskey = (options: Options): Promise<PasskeyOutcome> =>
  ceremony(() => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON) }));
