/** Two of our user agents against each other over real sockets: every act of a call, on UDP and TCP. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#server/platform/clock/clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import type { IncomingInvite } from './incoming-leg.ts';
import type { IncomingSipLeg, SipLegEvent } from './leg.ts';
import { createUserAgent } from './user-agent.ts';
import type { UserAgent, UserAgentOptions } from './user-agent.ts';

const agents: UserAgent[] = [];
const open = async (options: Partial<UserAgentOptions> = {}): Promise<UserAgent> => {
  const agent = await createUserAgent({
    listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0 }, clock: systemClock, random: systemRandom, log: silentLog,
    timers: { t1Ms: 50, t2Ms: 400, t4Ms: 100 }, ...options,
  });
  agents.push(agent);
  return agent;
};
afterEach(() => {
  for (const agent of agents.splice(0)) agent.close();
});

/** Collects a leg's events and waits for one of a type. */
function recorder(): { events: SipLegEvent[]; onEvent: (event: SipLegEvent) => void; next<T extends SipLegEvent['type']>(type: T): Promise<Extract<SipLegEvent, { type: T }>> } {
  const events: SipLegEvent[] = [];
  const waiting: { type: string; resolve(event: SipLegEvent): void }[] = [];
  return {
    events,
    onEvent(event) {
      const at = waiting.findIndex((waiter) => waiter.type === event.type);
      if (at >= 0) waiting.splice(at, 1)[0]!.resolve(event);
      else events.push(event);
    },
    next<T extends SipLegEvent['type']>(type: T) {
      const at = events.findIndex((event) => event.type === type);
      if (at >= 0) return Promise.resolve(events.splice(at, 1)[0] as Extract<SipLegEvent, { type: T }>);
      return new Promise<Extract<SipLegEvent, { type: T }>>((resolve) => waiting.push({ type, resolve: resolve as (event: SipLegEvent) => void }));
    },
  };
}

const sdp = (version: number): string => `v=0\r\no=- 1 ${version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`;

describe.each(['udp', 'tcp'] as const)('two user agents over %s', (transport) => {
  const callBetween = async (answering: (invite: IncomingInvite) => void, ringTimeoutMs = 5_000) => {
    const callee = await open({ onInvite: answering });
    const caller = await open();
    const record = recorder();
    const leg = caller.call(
      {
        target: { transport, address: '127.0.0.1', port: callee.port(transport)! }, requestUri: `sip:+15550100@127.0.0.1`,
        from: { uri: 'sip:+15550199@127.0.0.1', displayName: 'Lakeside Clinic' }, to: { uri: 'sip:+15550100@127.0.0.1' }, offer: sdp(1), ringTimeoutMs,
      },
      record.onEvent,
    );
    return { leg, record, caller, callee };
  };

  it('ring, carry early media, answer, change the session both ways and end by the callee', async () => {
    const calleeRecord = recorder();
    let calleeLeg: IncomingSipLeg | undefined;
    const { leg, record, caller, callee } = await callBetween((invite) => {
      expect(invite.called).toBe('+15550100');
      expect(invite.address('from')?.displayName).toBe('Lakeside Clinic');
      calleeLeg = invite.take(calleeRecord.onEvent);
      calleeLeg.progress(180);
      calleeLeg.progress(183, sdp(10));
      calleeLeg.answer(sdp(11));
    });
    expect((await record.next('progress')).status).toBe(180);
    expect(await record.next('progress')).toMatchObject({ status: 183, sdp: sdp(10) });
    expect((await record.next('answered')).sdp).toBe(sdp(11));
    await calleeRecord.next('confirmed');
    calleeLeg!.reoffer(sdp(12));
    const offered = await record.next('offered');
    expect(offered.offer).toBe(sdp(12));
    offered.answer(sdp(2));
    expect((await calleeRecord.next('reanswered')).sdp).toBe(sdp(2));
    leg.reoffer(sdp(3));
    (await calleeRecord.next('offered')).reject();
    expect((await record.next('reoffer-refused')).status).toBe(488);
    leg.info('application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n');
    expect((await calleeRecord.next('info')).body).toContain('Signal=5');
    calleeLeg!.hangUp();
    expect((await record.next('ended')).end).toMatchObject({ by: 'peer', kind: 'hung-up' });
    expect((await calleeRecord.next('ended')).end).toMatchObject({ by: 'us', kind: 'hung-up' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(caller.counts().dialogs + callee.counts().dialogs).toBe(0);
  });

  it('cancel a ringing call', async () => {
    const calleeRecord = recorder();
    const { leg, record } = await callBetween((invite) => invite.take(calleeRecord.onEvent).progress(180));
    await record.next('progress');
    leg.hangUp();
    expect((await calleeRecord.next('ended')).end).toMatchObject({ by: 'peer', kind: 'cancelled' });
    expect((await record.next('ended')).end).toMatchObject({ by: 'us', kind: 'cancelled' });
  });

  it('give up an unanswered call at the ring time-out', async () => {
    const { record } = await callBetween((invite) => invite.take(() => {}).progress(180), 100);
    expect((await record.next('ended')).end.kind).toBe('no-answer');
  });

  it('report a refusal with its Reason', async () => {
    const { record } = await callBetween((invite) => invite.reject(486, { reason: { protocol: 'Q.850', cause: 17, text: 'User busy' } }));
    expect((await record.next('ended')).end).toMatchObject({ by: 'peer', kind: 'refused', status: 486, q850: 17 });
  });

  it('settle glare: both offers are answered in the end', async () => {
    const calleeRecord = recorder();
    let calleeLeg: IncomingSipLeg | undefined;
    const { leg, record } = await callBetween((invite) => {
      calleeLeg = invite.take(calleeRecord.onEvent);
      calleeLeg.answer(sdp(11));
    });
    await record.next('answered');
    await calleeRecord.next('confirmed');
    leg.reoffer(sdp(2));
    calleeLeg!.reoffer(sdp(12));
    const one = record.next('offered').then((offered) => offered.answer(sdp(3)));
    const two = calleeRecord.next('offered').then((offered) => offered.answer(sdp(13)));
    await Promise.all([one, two, record.next('reanswered'), calleeRecord.next('reanswered')]);
    leg.hangUp();
    await calleeRecord.next('ended');
  }, 12_000);
});

describe('a call that was forked on its way to us', () => {
  it('rings once: its second INVITE is answered 482', async () => {
    let rang = 0;
    const callee = await open({
      onInvite(invite) {
        rang++;
        invite.take(() => {}).progress(180);
      },
    });
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const heard = new Promise<string[]>((resolve) => {
      const firstLines = new Set<string>();
      socket.on('message', (datagram) => {
        firstLines.add(datagram.toString('latin1').split('\r\n', 1)[0]!);
        if (firstLines.has('SIP/2.0 180 Ringing') && firstLines.has('SIP/2.0 482 Loop Detected')) resolve([...firstLines]);
      });
    });
    for (const branch of ['one', 'two']) {
      socket.send(
        [`INVITE sip:+15550100@127.0.0.1 SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${branch};rport`, 'Max-Forwards: 70', 'From: <sip:+15550199@127.0.0.1>;tag=f', 'To: <sip:+15550100@127.0.0.1>', 'Call-ID: forked', 'CSeq: 1 INVITE', 'Contact: <sip:x@127.0.0.1>', 'Content-Type: application/sdp', `Content-Length: ${sdp(1).length}`, '', sdp(1)].join('\r\n'),
        callee.port('udp'), '127.0.0.1',
      );
    }
    await heard;
    socket.close();
    expect(rang).toBe(1);
  });
});

describe('a call whose connection was lost while it rang', () => {
  it('is answered over another, to the port that its Via names', async () => {
    let hear = (_answer: string): void => {};
    const answered = new Promise<string>((resolve) => {
      hear = resolve;
    });
    const server = createServer((socket) => socket.once('data', (octets: Buffer) => {
      hear(octets.toString('latin1'));
      socket.destroy();
    }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const legs: IncomingSipLeg[] = [];
    const callee = await open({
      onInvite(invite) {
        const leg = invite.take(() => {});
        legs.push(leg);
        leg.progress(180);
      },
    });
    const asking = connect(callee.port('tcp')!, '127.0.0.1');
    asking.write(
      ['INVITE sip:+15550100@127.0.0.1 SIP/2.0', `Via: SIP/2.0/TCP 127.0.0.1:${(server.address() as AddressInfo).port};branch=z9hG4bKlost`, 'Max-Forwards: 70', 'From: <sip:+15550199@127.0.0.1>;tag=f', 'To: <sip:+15550100@127.0.0.1>', 'Call-ID: lost', 'CSeq: 1 INVITE', 'Contact: <sip:x@127.0.0.1>', 'Content-Type: application/sdp', `Content-Length: ${sdp(1).length}`, '', sdp(1)].join('\r\n'),
    );
    // The 180 is heard, then the line goes dead.
    await once(asking, 'data');
    asking.destroy();
    legs[0]!.answer(sdp(2));
    expect(await answered).toMatch(/^SIP\/2\.0 200 OK\r\n[^]*Call-ID: lost\r\n/);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('an INVITE too large for a datagram', () => {
  const large = `${sdp(1)}${'a=x:0123456789\r\n'.repeat(80)}`;
  const callWith = async (listen: { tcpPort?: number; udpPort: number }) => {
    const seen: string[] = [];
    const callee = await open({
      listen: { host: '127.0.0.1', ...listen },
      onInvite(invite) {
        seen.push(invite.source.transport);
        invite.take(() => {}).answer(sdp(2));
      },
    });
    const caller = await open();
    const record = recorder();
    const leg = caller.call(
      { target: { transport: 'udp', address: '127.0.0.1', port: callee.port('udp')! }, requestUri: 'sip:+15550100@127.0.0.1', from: { uri: 'sip:+15550199@127.0.0.1' }, to: { uri: 'sip:+15550100@127.0.0.1' }, offer: large, ringTimeoutMs: 5_000 },
      record.onEvent,
    );
    await record.next('answered');
    leg.hangUp();
    await record.next('ended');
    return seen;
  };

  it('goes by TCP where the target takes it', async () => {
    const probe = await open();
    const port = probe.port('tcp')!;
    agents.splice(agents.indexOf(probe), 1);
    probe.close();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await callWith({ udpPort: port, tcpPort: port })).toEqual(['tcp']);
  });

  it('goes by UDP all the same where it does not', async () => expect(await callWith({ udpPort: 0 })).toEqual(['udp']));
});
