/** The tables: statuses and causes to words, who may be tried next, how identities and numbers are written, which sources count, which settings stand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNumber, writeCaller, writeNumber } from './caller-identity-policy.ts';
import { readDtmf, writeDtmfRelay } from './dtmf-relay-codec.ts';
import { causeOfRefusal, mayTryNextTrunk } from './failure-policy.ts';
import { isInRanges, parseRange } from './source-policy.ts';
import type { SourceRange } from './source-policy.ts';
import { tlsTroubleOf } from './tls-trouble-policy.ts';
import { checkTrunkList, checkTrunkSettings } from './trunk-settings.ts';

describe('what a TLS connection failed by', () => {
  it.each([
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'for-another-name'], ['SELF_SIGNED_CERT_IN_CHAIN', false, 'unknown-authority'], ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', true, 'unknown-authority'],
    ['CERT_HAS_EXPIRED', false, 'expired'], ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, 'wants-our-certificate'],
    // TLS 1.2 has no word of its own for it.
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', false, 'wants-our-certificate'], ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', true, 'speaks-other-tls'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', true, 'refuses-our-certificate'], ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', true, 'refuses-our-certificate'], ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', false, 'unknown'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, 'speaks-no-tls'], ['ERR_SIP_HANDSHAKE_TIMEOUT', false, 'speaks-no-tls'], ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', false, 'speaks-other-tls'],
    ['ECONNREFUSED', false, 'nobody-there'], ['ERR_SIP_CONNECT_TIMEOUT', false, 'nobody-there'], ['ECONNRESET', true, 'unknown'], [undefined, false, 'unknown'],
  ] as const)('%s, with a certificate of ours: %s: %s', (code, showsCertificate, expected) => expect(tlsTroubleOf(code, showsCertificate)).toBe(expected));
});

const facts = (status: number | undefined, q850?: number, reasonText?: string, reasonStatus?: number) => ({ status, q850, reasonText, reasonStatus });

describe('a failure in words', () => {
  it.each([
    [facts(404), 'not-in-service'], [facts(404, 1), 'not-in-service'], [facts(604), 'not-in-service'], [facts(485), 'not-in-service'],
    [facts(410), 'number-changed'], [facts(410, 22), 'number-changed'], [facts(484), 'number-incomplete'], [facts(484, 28), 'number-incomplete'], [facts(500, 28), 'number-incomplete'],
    [facts(486), 'busy'], [facts(486, 17), 'busy'], [facts(600), 'busy'], [facts(480, 17), 'busy'],
    [facts(408), 'no-answer'], [facts(480), 'no-answer'], [facts(480, 18), 'no-answer'], [facts(480, 19), 'no-answer'], [facts(480, 20), 'no-answer'], [facts(487), 'no-answer'],
    [facts(603), 'rejected'], [facts(603, 21), 'rejected'], [facts(403, 21), 'rejected'],
    [facts(607), 'blocked'], [facts(608), 'blocked'], [facts(603, 21, 'v=analytics1;url=https://x.example'), 'blocked'], [facts(603, undefined, undefined, 608), 'blocked'],
    [facts(401), 'trunk-refused'], [facts(407), 'trunk-refused'], [facts(403), 'trunk-refused'], [facts(302), 'trunk-refused'], [facts(420), 'trunk-refused'], [facts(403, 57), 'trunk-refused'],
    [facts(500), 'network-busy'], [facts(502), 'network-busy'], [facts(503), 'network-busy'], [facts(503, 34), 'network-busy'], [facts(503, 38), 'network-busy'], [facts(503, 41), 'network-busy'], [facts(503, 42), 'network-busy'], [facts(undefined), 'trunk-down'],
    [facts(488), 'media-refused'], [facts(606), 'media-refused'], [facts(415), 'media-refused'], [facts(500, 88), 'media-refused'],
    // "Normal clearing" and "normal, unspecified" tell nothing: the status does.
    [facts(486, 16), 'busy'], [facts(404, 31), 'not-in-service'],
  ] as const)('%o is %s', (given, expected) => expect(causeOfRefusal(given)).toBe(expected));

  it('has a word for every status there is', () => {
    for (let status = 300; status < 700; status++) expect(causeOfRefusal(facts(status))).toMatch(/^[a-z-]+$/);
  });
});

describe('whether the next trunk may be tried', () => {
  const attempt = (status: number | undefined, more: { q850?: number; hadProgress?: boolean; tookMs?: number } = {}) =>
    mayTryNextTrunk({ ...facts(status, more.q850), hadProgress: more.hadProgress ?? false, tookMs: more.tookMs ?? 100 });
  it.each([undefined, 408, 480, 500, 502, 503, 504, 401, 403, 302])('after %s, yes', (status) => expect(attempt(status)).toBe(true));
  it.each([404, 410, 484, 486, 487, 488, 600, 603, 604, 607, 608])('after %s, no', (status) => expect(attempt(status)).toBe(false));
  it('no, once a phone may have rung: after any progress, or after a while', () => {
    for (let status = 300; status < 700; status++) expect(attempt(status, { hadProgress: true })).toBe(false);
    expect(attempt(480, { tookMs: 10_000 })).toBe(false);
    expect(attempt(503, { q850: 17 })).toBe(false);
  });
});

describe('the caller as the trunk sees it', () => {
  const trunk = { domain: 'trunk.example', numberForm: 'e164', countryCallingCode: '1', accountUser: 'clinic' } as const;
  it('stands where the trunk reads it', () => {
    expect(writeCaller({ ...trunk, callerIdForm: 'from' }, '+15550199199', 'Clinic')).toEqual({ from: { displayName: 'Clinic', uri: 'sip:+15550199199@trunk.example' }, identity: {} });
    expect(writeCaller({ ...trunk, callerIdForm: 'p-asserted-identity' }, '+15550199199', undefined)).toEqual({
      from: { displayName: undefined, uri: 'sip:clinic@trunk.example' }, identity: { assertedIdentity: { displayName: undefined, uri: 'sip:+15550199199@trunk.example' }, privacy: 'none' },
    });
    expect(writeCaller({ ...trunk, callerIdForm: 'both', numberForm: 'digits' }, '+15550199199', undefined).from.uri).toBe('sip:15550199199@trunk.example');
  });

  it('holds no number but the line\'s, over 100,000 of them', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9][0-9]{6,14}$/), fc.constantFrom('from', 'p-asserted-identity', 'p-preferred-identity', 'both'), fc.constantFrom('e164', 'digits', 'national'), (number, callerIdForm, numberForm) => {
        const written = writeCaller({ ...trunk, accountUser: undefined, callerIdForm, numberForm }, number, undefined);
        const uris = [written.from.uri, written.identity.assertedIdentity?.uri, written.identity.preferredIdentity?.uri].filter((uri) => uri !== undefined);
        const digits = number.slice(1);
        for (const uri of uris) if (![number, digits, `011${digits}`].includes(uri.slice(4, uri.indexOf('@')))) throw new Error(uri);
      }),
      { numRuns: 100_000 },
    );
  });

  it('is read as countries write it', () => {
    expect(readNumber('5550100100', '1')).toBe('+15550100100');
    expect(readNumber('15550100100', '1')).toBe('+15550100100');
    expect(readNumber('0114930123456', '1')).toBe('+4930123456');
    expect(readNumber('030123456', '49')).toBe('+4930123456');
    expect(readNumber('004315550', '49')).toBe('+4315550');
    expect(readNumber('anonymous', '1')).toBeUndefined();
    expect(writeNumber('+4930123456', 'national', '49')).toBe('030123456');
    expect(writeNumber('+15550100100', 'national', '49')).toBe('0015550100100');
  });
});

describe('sources', () => {
  const ranges = ['192.0.2.0/25', '2001:db8::/32', '198.51.100.7'].map(parseRange).filter((range): range is SourceRange => range !== undefined);
  it.each([['192.0.2.127', true], ['192.0.2.128', false], ['198.51.100.7', true], ['198.51.100.8', false], ['2001:db8:1::5', true], ['2001:db9::', false], ['nonsense', false], ['192.0.2', false]])('%s: %s', (address, expected) =>
    expect(isInRanges(address, ranges)).toBe(expected));
});

describe('keypresses in INFO', () => {
  it.each([
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5', 160], ['application/dtmf-relay', 'Signal= *\nDuration= 250', '*', 250], ['application/dtmf-relay', 'Signal=11', '#', 160], ['application/dtmf', '7', '7', 160],
  ])('%s %j', (type, body, digit, durationMs) => expect(readDtmf(type, body)).toEqual({ digit, durationMs }));
  it('refuses what is no key', () => expect(readDtmf('application/dtmf-relay', 'Signal=X')).toBeUndefined());
  it('reads what it writes', () => {
    for (const digit of '0123456789*#ABCD') expect(readDtmf('application/dtmf-relay', writeDtmfRelay(digit, 100))).toEqual({ digit, durationMs: 100 });
  });
});

describe('trunk settings', () => {
  it('take a name and a host and fill in the rest', () => {
    expect(checkTrunkList({ trunks: [{ name: 'main', host: 'sip.example.com' }] })).toMatchObject({
      ok: true, value: [{ name: 'main', transport: 'udp', domain: 'sip.example.com', callerIdForm: 'from', numberForm: 'e164', register: false, mediaEncryption: 'off' }],
    });
  });
  it.each([
    [{}, '"name" is missing'], [{ name: 'a' }, '"host" is missing'], [{ name: 'a', host: 'sip:x.example:5060' }, 'leave out "sip:"'], [{ name: 'a', host: 'x', port: 0 }, '"port" must be a whole number from 1 to 65535'],
    [{ name: 'a', host: 'x', transport: 'sctp' }, '"transport" must be one of'], [{ name: 'a', host: 'x', user: 'u' }, 'without "password"'], [{ name: 'a', host: 'x', register: true }, 'needs "user" and "password"'],
    [{ name: 'a', host: 'x', acceptFrom: ['10.0.0.0/99'] }, '"acceptFrom" must be'], [{ name: 'a', host: 'x', transport: 'tls', tlsCert: '-----BEGIN CERTIFICATE-----', tlsKey: '-----BEGIN PRIVATE KEY-----' }, '"tlsKey" is not the key of "tlsCert"'], [{ name: 'a', host: 'x', mediaEncryption: 'required' }, 'set "transport" to "tls"'], [{ name: 'a', host: 'x', tlsCa: '/etc/ca.pem', transport: 'tls' }, 'PEM text itself'],
    [{ name: 'a', host: 'x', proxy: 'y' }, 'is no setting of a trunk'], [{ name: 'a', host: '2001:db8::1' }, 'UDP is spoken over IPv4 only'],
  ])('say the fix for %o', (input, words) => {
    const result = checkTrunkSettings(input);
    expect(result.ok ? '' : result.refusal.join(' ')).toContain(words);
  });
  it('refuse two trunks of one name', () => {
    const result = checkTrunkList([{ name: 'a', host: 'x' }, { name: 'a', host: 'y' }]);
    expect(result.ok ? '' : result.refusal.join(' ')).toContain('Two trunks are called "a"');
  });
});
