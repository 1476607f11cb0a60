/** A community's own sign-in: oidc-provider as it is, with its development login, in which every name is somebody. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

const CLIENT = { id: 'quietline', secret: 'a-secret-of-the-community-and-ours-only' };

export interface CommunityProvider {
  /** The settings of a product that stands at `origin`. Call once, before it starts. */
  settingsFor(origin: string): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startCommunityProvider(nameOf: (login: string) => string): Promise<CommunityProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    settingsFor(origin) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${origin}/sign-in/community`], token_endpoint_auth_method: 'client_secret_post' }],
        claims: { openid: ['sub'], profile: ['name'], quietline: ['quietline_member', 'quietline_verified_physician', 'quietline_plan'] },
        scopes: ['openid', 'profile', 'quietline'],
        conformIdTokenClaims: false,
        cookies: { keys: ['for the test'] },
        findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, name: nameOf(sub), quietline_member: true, quietline_verified_physician: true, quietline_plan: 'unlimited' }) }),
      });
      const answer = provider.callback();
      server.on('request', (request, response) => void answer(request, response));
      return { QUIETLINE_OIDC_ISSUER: issuer, QUIETLINE_OIDC_CLIENT_ID: CLIENT.id, QUIETLINE_OIDC_CLIENT_SECRET: CLIENT.secret };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
