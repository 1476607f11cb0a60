/** Every message of RFC 4475 and RFC 5118, octet by octet, gets the verdict it is owed and the answer a user agent gives. Where the messages come from: torture/README.md. */
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '#server/platform/clock/fake-clock.ts';
import { systemRandom } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createUserAgent } from '../agent/user-agent.ts';
import type { UserAgent } from '../agent/user-agent.ts';
import type { Flow } from '../transport/flow.ts';
import { parseNameAddress, parseVia, splitAll } from './header-values-codec.ts';
import { fromTagOf, toOf, topViaOf, toTagOf } from './message-parts.ts';
import { headerOf, headersOf } from './message.ts';
import type { SipMessage } from './message.ts';
import { parseMessage } from './parse-message-codec.ts';
import { readTortureFile } from './torture/read-torture-file.ts';
import { parseSipUri } from './uri-codec.ts';
import { isUsableResponse, judgeRequest } from './validate-message-policy.ts';

const MESSAGES = [...readTortureFile('rfc4475'), ...readTortureFile('rfc5118')];
const textOf = (name: string): string => MESSAGES.find((message) => message.name === name)!.text;
const parsed = (name: string): SipMessage => {
  const message = parseMessage(textOf(name));
  if (message.kind === 'malformed') throw new Error(`${name} was not parsed`);
  return message;
};

describe('the torture messages', () => {
  it('are all there', () => expect([readTortureFile('rfc4475').length, readTortureFile('rfc5118').length]).toEqual([49, 12]));

  it('hold the octets of the archive where those were compared', () => {
    const compared = { wsinv: 1_003, intmeth: 641, mpart01: 1_292, unreason: 528, baddn: 333 };
    expect(Object.fromEntries(Object.keys(compared).map((name) => [name, textOf(name).length]))).toEqual(compared);
    expect(textOf('mpart01').endsWith('\u0099\u00d0\u0005\r\n--7a9cbec02ceef655--\r\n\r\n')).toBe(true);
  });

  it.each(MESSAGES.map(({ name, section, worth }) => [name, section, worth]))('%s (section %s) is worth: %s', (name, _section, worth) => {
    const message = parsed(name);
    if (message.kind === 'response') return expect(isUsableResponse(message) ? 'usable' : 'dropped').toBe(worth);
    const verdict = judgeRequest(message, ['timer', '100rel']);
    return expect(verdict.verdict === 'owed' ? String(verdict.status) : verdict.verdict).toBe(worth);
  });
});

describe('a user agent', () => {
  /** A new one for each message: many share a branch, and a repeat of a transaction is answered as its first was. */
  const openAgent = async (): Promise<{ agent: UserAgent; deliver: (message: SipMessage, flow: Flow) => void }> => {
    let deliver: (message: SipMessage, flow: Flow) => void = () => {};
    const agent = await createUserAgent({
      listen: { host: '192.0.2.200', udpPort: 5060 }, clock: createFakeClock(), random: systemRandom, log: silentLog,
      onInvite: (invite) => invite.reject(486),
      openTransports: async (options) => {
        deliver = (message, flow) => options.onMessage(message, flow);
        return { open: () => Promise.reject(new Error('it calls nobody')), port: () => 5060, counts: () => ({ received: 0, unreadable: 0 }), close: () => {} };
      },
    });
    return { agent, deliver };
  };

  const answersTo = async (name: string): Promise<number[]> => {
    const { agent, deliver } = await openAgent();
    const answers: number[] = [];
    const flow: Flow = {
      transport: 'udp', isReliable: false, remote: { address: '192.0.2.100', port: 5060 }, local: { host: '192.0.2.200', port: 5060 }, isOpen: () => true, towards: () => flow,
      send(text) {
        const message = parseMessage(text);
        if (message.kind === 'response') answers.push(message.status);
      },
    };
    deliver(parsed(name), flow);
    agent.close();
    return answers.filter((status) => status >= 200);
  };

  it.each(MESSAGES.map(({ name, section, answer }) => [name, section, answer]))('answers %s (section %s) with %s', async (name, _section, answer) => {
    expect((await answersTo(name)).map(String)).toEqual(answer === 'none' ? [] : [answer]);
  });
});

describe('a torture message is understood', () => {
  const SDP_OCTETS = 150;

  it('wsinv has three Vias, two tags, an offer and a Contact with parameters', () => {
    const message = parsed('wsinv');
    expect(splitAll(headersOf(message, 'via')).map((via) => parseVia(via)?.transport)).toEqual(['UDP', 'TCP', 'UDP']);
    expect(topViaOf(message)).toMatchObject({ host: '192.0.2.2', branch: '390skdjuw' });
    expect([fromTagOf(message), toTagOf(message)]).toEqual(['98asjd8', '1918181833n']);
    expect(message.body.length).toBe(SDP_OCTETS);
    expect(parseNameAddress(headerOf(message, 'contact')!)).toMatchObject({ displayName: 'Quoted string ""', uri: 'sip:jdrosen@example.com' });
    expect(headerOf(message, 'subject')).toBe('');
  });

  it('keeps escapes what they are: the user of esc01 is no SIPS URI, the NULs of escnull are two bindings', () => {
    const esc01 = parsed('esc01');
    const semiuri = parsed('semiuri');
    expect(esc01.kind === 'request' && parseSipUri(esc01.uri)).toMatchObject({ user: 'sips:user@example.com', host: 'example.net' });
    expect(headersOf(parsed('escnull'), 'contact').map((contact) => parseSipUri(parseNameAddress(contact)!.uri)?.user)).toEqual(['\u0000', '\u0000\u0000']);
    expect(semiuri.kind === 'request' && parseSipUri(semiuri.uri)?.user).toBe('user;par=u@example.net');
    expect(toOf(parsed('badaspec'))?.uri).toBe('sip:t.watson@example.org');
  });

  it('ipv6-in-sdp is good once its Content-Length is true: the RFC prints 268 for 251 octets', () => {
    const message = parseMessage(textOf('ipv6-in-sdp').replace('Content-Length: 268', 'Content-Length: 251'));
    expect(message.kind === 'request' && judgeRequest(message, [])).toEqual({ verdict: 'good' });
  });

  it('longreq keeps its 34 Vias, mpart01 its 553 octets, and dblreq is one request', () => {
    expect(headersOf(parsed('longreq'), 'via').length).toBe(34);
    expect(parsed('mpart01').body.length).toBe(553);
    expect(parsed('dblreq').body).toBe('');
  });
});
