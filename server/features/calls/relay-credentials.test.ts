import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { hideText } from '#server/platform/crypto/secret-text.ts';
import { createRelayCredentials } from './relay-credentials.ts';

const HOUR_MS = 3_600_000;
const clock = createFakeClock();
const make = (settings: { urls: string[]; secret: string } | undefined) => createRelayCredentials({ settings: settings === undefined ? undefined : { ...settings, secret: hideText(settings.secret) }, longestCallMs: 4 * HOUR_MS, clock, random: systemRandom });

describe('relay credentials', () => {
  it('expire an hour and a longest call from now, so that a call begun with old ones is not cut', () => {
    const { relays, goodForMs } = make({ urls: ['turn:turn.example.org'], secret: 'a'.repeat(32) }).issue();
    expect(goodForMs).toBe(HOUR_MS);
    expect(Number(relays[0]!.username.split(':')[0])).toBe(Math.ceil((clock.now() + 5 * HOUR_MS) / 1000));
  });

  it('are the HMAC that the relay computes from the name and the secret they share', () => {
    const [relay] = make({ urls: ['turns:turn.example.org:443?transport=tcp'], secret: 's'.repeat(32) }).issue().relays;
    expect(relay!.credential).toBe(createHmac('sha1', 's'.repeat(32)).update(relay!.username).digest('base64'));
    expect(relay!.urls).toEqual(['turns:turn.example.org:443?transport=tcp']);
  });

  it('are new each time, and tie no two calls together', () => {
    const relays = make({ urls: ['turn:turn.example.org'], secret: 's'.repeat(32) });
    expect(relays.issue().relays[0]!.username).not.toBe(relays.issue().relays[0]!.username);
  });

  it('are none where no relay is set', () => {
    expect(make(undefined).issue().relays).toEqual([]);
  });
});
