/** Names become servers in the right order: NAPTR, SRV with weights, addresses, and a while in the corner for those that failed. */
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { orderServers, srvNames } from './target-order-policy.ts';
import { checkTrunkSettings } from './trunk-settings.ts';
import { createTrunkTargets } from './trunk-targets.ts';
import type { NameService } from './trunk-targets.ts';

const settings = (more: Record<string, unknown>) => {
  const checked = checkTrunkSettings({ name: 'a', host: 'carrier.example', ...more });
  if (!checked.ok) throw new Error(checked.refusal.join(' '));
  return checked.value;
};
const names = (records: { naptr?: Awaited<ReturnType<NameService['naptr']>>; srv?: Record<string, Awaited<ReturnType<NameService['srv']>>>; addresses?: Record<string, string[]> }): NameService & { isDown: boolean } => ({
  isDown: false,
  async naptr() {
    return records.naptr ?? [];
  },
  async srv(name) {
    return records.srv?.[name] ?? [];
  },
  async addresses(name) {
    if (this.isDown) throw new Error('no resolver');
    return records.addresses?.[name] ?? [];
  },
});
const srv = (name: string, priority: number, weight: number) => ({ name, port: 5060, priority, weight });

describe('the order of servers (RFC 2782)', () => {
  it('goes by priority, and by weight within one as often as the weights say', () => {
    const servers = [srv('backup', 20, 100), srv('one', 10, 1), srv('three', 10, 3), srv('never-first', 10, 0)];
    let seed = 1;
    const draw = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const firsts = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const order = orderServers(servers, draw).map((server) => server.name);
      expect(order.at(-1)).toBe('backup');
      expect(new Set(order).size).toBe(4);
      firsts.set(order[0]!, (firsts.get(order[0]!) ?? 0) + 1);
    }
    // A running sum from 0 to 4: weight 0 takes the one value 0 (RFC 2782's "very small chance").
    expect(firsts.get('three')! / firsts.get('one')!).toBeCloseTo(3, 0);
  });

  it('takes the NAPTR record for our transport, and the usual name without one', () => {
    const naptr = [
      { order: 20, preference: 1, flags: 'S', service: 'SIP+D2U', replacement: '_sip._udp.later.example' }, { order: 10, preference: 5, flags: 's', service: 'sip+d2u', replacement: '_sip._udp.first.example' },
      { order: 1, preference: 1, flags: 'S', service: 'SIPS+D2T', replacement: '_sips._tcp.x.example' }, { order: 1, preference: 1, flags: 'U', service: 'SIP+D2U', replacement: 'no' },
    ];
    expect(srvNames('carrier.example', 'udp', naptr)).toEqual(['_sip._udp.first.example', '_sip._udp.later.example']);
    expect(srvNames('carrier.example', 'tcp', naptr)).toEqual(['_sip._tcp.carrier.example']);
    expect(srvNames('carrier.example', 'tls', [])).toEqual(['_sips._tcp.carrier.example']);
  });
});

describe('the targets of a trunk', () => {
  const clock = createFakeClock();
  const draw = (): number => 0;

  it('are its SRV servers, all addresses of each', async () => {
    const targets = createTrunkTargets(settings({}), { clock, draw, names: names({ srv: { '_sip._udp.carrier.example': [srv('b.example', 20, 0), srv('a.example', 10, 0)] }, addresses: { 'a.example': ['192.0.2.1', '192.0.2.2'], 'b.example': ['192.0.2.3'] } }) });
    expect((await targets.find()).map((target) => target.address)).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    expect(targets.knownAddresses()).toEqual(new Set(['192.0.2.1', '192.0.2.2', '192.0.2.3']));
  });

  it('are IPv4 over UDP, and of both kinds over connections', async () => {
    const service = names({ addresses: { 'carrier.example': ['2001:db8::1', '192.0.2.1'] } });
    const addressesBy = async (transport: string): Promise<string[]> => (await createTrunkTargets(settings({ port: 5060, transport }), { clock, draw, names: service }).find()).map(({ address }) => address);
    expect([await addressesBy('udp'), await addressesBy('tcp')]).toEqual([['192.0.2.1'], ['2001:db8::1', '192.0.2.1']]);
  });

  it('leave SRV out for a port or an address, and keep the configured name for TLS', async () => {
    const service = names({ srv: { '_sip._udp.carrier.example': [srv('no.example', 1, 1)] }, addresses: { 'carrier.example': ['192.0.2.9'] } });
    expect(await createTrunkTargets(settings({ port: 5080 }), { clock, draw, names: service }).find()).toEqual([{ address: '192.0.2.9', port: 5080, transport: 'udp', tls: undefined }]);
    expect(await createTrunkTargets(settings({ host: '192.0.2.8' }), { clock, draw, names: service }).find()).toMatchObject([{ address: '192.0.2.8', port: 5060 }]);
    const secure = names({ srv: { '_sips._tcp.carrier.example': [{ name: 'edge.other.example', port: 5061, priority: 1, weight: 1 }] }, addresses: { 'edge.other.example': ['192.0.2.7'] } });
    expect(await createTrunkTargets(settings({ transport: 'tls' }), { clock, draw, names: secure }).find()).toMatchObject([{ address: '192.0.2.7', port: 5061, tls: { serverName: 'carrier.example' } }]);
  });

  it('pass over a server that failed, for a minute, unless it is the last', async () => {
    const targets = createTrunkTargets(settings({ port: 5060 }), { clock, draw, names: names({ addresses: { 'carrier.example': ['192.0.2.1', '192.0.2.2'] } }) });
    const [first] = await targets.find();
    targets.noteFailure(first!);
    expect((await targets.find()).map((target) => target.address)).toEqual(['192.0.2.2', '192.0.2.1']);
    clock.advance(60_000);
    expect((await targets.find())[0]).toEqual(first);
  });

  it('outlive a resolver that is down', async () => {
    const service = names({ addresses: { 'carrier.example': ['192.0.2.1'] } });
    const targets = createTrunkTargets(settings({ port: 5060 }), { clock, draw, names: service });
    await targets.find();
    service.isDown = true;
    clock.advance(120_000);
    expect(await targets.find()).toHaveLength(1);
  });
});
