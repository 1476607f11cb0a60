/** Gives a page of Chromium a passkey device of its own, which always says yes until it is told otherwise. */
import type { Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** Whether whoever holds the device agrees from now on; without, every ceremony ends as if it had been dismissed. */
  setAgreeing(agrees: boolean): Promise<void>;
  /** How many passkeys it holds. */
  count(): Promise<number>;
}

export async function giveAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return {
    // The browser tells a page the same of one who refuses and of one who is not recognised.
    setAgreeing: async (agrees) => void (await client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: agrees })),
    count: async () => (await client.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  };
}
