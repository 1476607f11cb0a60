/** What the first-run wizard says of each carrier, against Kamailio as the carrier: one that is right, one with a wrong password, one whose name leads nowhere, one where nobody listens. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiOf, type Api } from './api-operations.ts';
import { freeUdpPort } from './peers/free-port.ts';
import { startKamailio, type KamailioPeer } from './peers/kamailio-peer.ts';
import { startProduct, type Product } from './product.ts';

let kamailio: KamailioPeer;
let product: Product;
let api: Api;
let cookie: string;

beforeAll(async () => {
  kamailio = await startKamailio();
  const carrier = { host: '127.0.0.1', port: kamailio.port, domain: kamailio.realm, user: kamailio.user, password: kamailio.password, register: true, optionsIntervalSec: 2 };
  product = await startProduct({
    trunk: [
      { name: 'right', ...carrier },
      { name: 'wrong-password', ...carrier, password: 'not it' },
      { name: 'wrong-name', ...carrier, host: 'sip.no-such-carrier.invalid' },
      { name: 'nobody-there', host: '127.0.0.1', port: await freeUdpPort(), optionsIntervalSec: 2 },
    ],
  });
  api = apiOf(product);
  cookie = await api.enter(new URL(product.signInLink()).hash.slice(1));
});
afterAll(async () => {
  await product?.close();
  await kamailio?.stop();
});

interface Trunk {
  readonly name: string;
  readonly state: string;
  readonly isRegistered: boolean | null;
  readonly trouble: string | null;
}
const read = async (): Promise<Record<string, Omit<Trunk, 'name'>>> => {
  const { trunks } = JSON.parse((await api.send('GET', '/practices/first-steps', cookie)).text) as { trunks: Trunk[] };
  return Object.fromEntries(trunks.map(({ name, ...rest }) => [name, rest]));
};

test('each carrier is shown as it is', async () => {
  // As the wizard does, which asks again while somebody looks.
  await expect.poll(read, { timeout: 40_000, interval: 500 }).toEqual({
    right: { state: 'up', isRegistered: true, trouble: null },
    'wrong-password': { state: 'up', isRegistered: false, trouble: 'credentials-refused' },
    'wrong-name': { state: 'down', isRegistered: false, trouble: 'name-unresolved' },
    'nobody-there': { state: 'down', isRegistered: null, trouble: null },
  });
});

test('one that is stopped is seen to be gone', async () => {
  await kamailio.stop();
  await expect.poll(async () => (await read())['right']?.state, { timeout: 60_000, interval: 500 }).toBe('down');
}, 90_000);
