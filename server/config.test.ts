import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfig, settings, type Config } from './config.ts';
import { hideText } from './platform/crypto/secret-text.ts';

const read = (words: string[] = [], environment: Record<string, string> = {}): Config => {
  const reading = readConfig(words, environment);
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return reading.config;
};
const problemsOf = (words: string[] = [], environment: Record<string, string> = {}): string => {
  const reading = readConfig(words, environment);
  return reading.ok ? '' : reading.problems.join('\n');
};

describe('settings', () => {
  test('none at all: this machine only, everything in its usual place', () => {
    expect(read()).toMatchObject({ dataDirectory: undefined, port: undefined, host: '127.0.0.1', https: 'off', trustProxy: false, logLevel: 'info', wantsNewLink: false });
  });

  test('an option wins over the environment, and an empty variable is none', () => {
    expect(read(['--port', '9000'], { QUIETLINE_PORT: '9001' }).port).toBe(9000);
    expect(read([], { QUIETLINE_PORT: '9001' }).port).toBe(9001);
    expect(read([], { QUIETLINE_PORT: '' }).port).toBeUndefined();
    expect(read(['--port=9000']).port).toBe(9000);
  });

  test('https serves every address of the machine, so that other devices can come', () => {
    expect(read(['--https'])).toMatchObject({ https: 'authority', host: '0.0.0.0' });
    expect(read([], { QUIETLINE_HTTPS: '1' }).https).toBe('authority');
    expect(read([], { QUIETLINE_HTTPS: '0' }).https).toBe('off');
    expect(read(['--cert', '/a.pem', '--key', '/b.pem']).https).toEqual({ certFile: '/a.pem', keyFile: '/b.pem' });
  });

  test('behind a reverse proxy two settings are enough', () => {
    expect(read(['--public-url', 'https://calls.example.org/', '--trust-proxy', '127.0.0.1,10.0.0.0/8'])).toMatchObject({
      publicOrigin: 'https://calls.example.org',
      trustProxy: ['127.0.0.1', '10.0.0.0/8'],
    });
  });
});

describe('rtpengines', () => {
  test('are named with their weights, and with the interfaces towards each side', () => {
    expect(read(['--rtpengine', '127.0.0.1:2223, [2001:db8::5]:2223=3', '--rtpengine-interfaces', 'public,trunks,inside'])).toMatchObject({
      rtpengines: [{ host: '127.0.0.1', port: 2223, weight: 1 }, { host: '2001:db8::5', port: 2223, weight: 3 }],
      rtpengineInterfaces: { device: 'public', party: 'trunks', us: 'inside' },
    });
    expect(read()).toMatchObject({ rtpengines: undefined, rtpengineInterfaces: undefined });
  });
});

describe('SIP over TLS', () => {
  test('is taken at its usual port with a certificate of its own, or with the page\'s', () => {
    expect(read(['--trunks', '/t.json']).sipTls).toBeUndefined();
    expect(read(['--trunks', '/t.json', '--sip-cert', '/c.pem', '--sip-key', '/k.pem']).sipTls).toEqual({ port: 5061, certFile: '/c.pem', keyFile: '/k.pem', clientCaFile: undefined });
    expect(read(['--trunks', '/t.json', '--cert', '/a.pem', '--key', '/b.pem', '--sip-tls-port', '5071', '--sip-client-ca', '/ca.pem']).sipTls).toEqual({ port: 5071, certFile: '/a.pem', keyFile: '/b.pem', clientCaFile: '/ca.pem' });
  });
});

describe('relays', () => {
  const TURN_SECRET = 'a secret that is long';

  test('are named with the secret they share with us', () => {
    expect(read(['--turn-urls', 'turn:turn.example.org:3478, turns:turn.example.org:443?transport=tcp'], { QUIETLINE_TURN_SECRET: TURN_SECRET })).toMatchObject({
      relays: { urls: ['turn:turn.example.org:3478', 'turns:turn.example.org:443?transport=tcp'], secret: hideText(TURN_SECRET) },
      relayBehind: undefined,
    });
  });

  test('one behind the https port is reached at the public address', () => {
    const words = ['--https', '--public-url', 'https://calls.example.org:8443', '--turn-behind', '127.0.0.1:3478'];
    expect(read(words, { QUIETLINE_TURN_SECRET: TURN_SECRET })).toMatchObject({ relays: { urls: ['turns:calls.example.org:8443?transport=tcp'] }, relayBehind: { host: '127.0.0.1', port: 3478 } });
  });
});

describe('a bad setting is answered with what to do', () => {
  test.each([
    [['--rtpengine', 'media.example.org'], {}, 'is not an rtpengine. Write the address and port of its listen-ng'],
    [['--rtpengine', '10.0.0.5:2223=0'], {}, 'is not an rtpengine'],
    [['--rtpengine', '10.0.0.5:2223', '--media-port', '4000'], {}, '--media-port means nothing beside --rtpengine'],
    [['--rtpengine', '10.0.0.5:2223', '--rtpengine-interfaces', 'public'], {}, 'does not name three interfaces'],
    [['--rtpengine-interfaces', 'a,b,c'], {}, 'needs --rtpengine'],
    [['--trunks', '/t.json', '--sip-tls-port', '5061'], {}, '--sip-tls-port needs --sip-cert FILE and --sip-key FILE beside it, or --cert and --key'],
    [['--trunks', '/t.json', '--https', '--sip-client-ca', '/ca.pem'], {}, 'a certificate that carriers trust'],
    [['--trunks', '/t.json', '--sip-cert', '/c.pem'], {}, '--sip-cert needs --sip-key FILE'],
    [['--trunks', '/t.json', '--sip-key', '/k.pem'], {}, '--sip-key needs --sip-cert FILE'],
    [['--sip-cert', '/c.pem', '--sip-key', '/k.pem'], {}, '--sip-cert needs --trunks'],
    [['--turn-urls', 'turn.example.org'], { QUIETLINE_TURN_SECRET: 'a secret that is long' }, 'is not a TURN address. Write turn:turn.example.org:3478'],
    [['--turn-urls', 'turn:turn.example.org'], {}, 'TURN servers need QUIETLINE_TURN_SECRET'],
    [['--turn-urls', 'turn:turn.example.org'], { QUIETLINE_TURN_SECRET: 'short' }, 'openssl rand'],
    [[], { QUIETLINE_TURN_SECRET: 'a secret that is long' }, 'needs --turn-urls'],
    [['--turn-behind', '127.0.0.1:3478', '--public-url', 'https://a.example'], { QUIETLINE_TURN_SECRET: 'a secret that is long' }, 'needs --https'],
    [['--turn-behind', '127.0.0.1:3478', '--https'], { QUIETLINE_TURN_SECRET: 'a secret that is long' }, 'needs --public-url'],
    [['--turn-behind', 'coturn', '--https', '--public-url', 'https://a.example'], { QUIETLINE_TURN_SECRET: 'a secret that is long' }, 'is not an address and a port'],
    [['--prot', '80'], {}, '--prot is not an option. Did you mean --port?'],
    [['--databse'], {}, 'scripts/server --help lists them all'],
    [['start'], {}, 'start is not an option.'],
    [['--port', 'http'], {}, '--port: "http" is not a port. Give a number'],
    [['--port', '70000'], {}, 'is not a port'],
    [['--port'], {}, '--port needs a value after it'],
    [['--port', '--https'], {}, '--port needs a value after it'],
    [['--host', 'clinic.example'], {}, 'is not an IP address of this machine'],
    [['--cert', '/a.pem'], {}, '--cert needs --key FILE'],
    [['--key', '/a.pem'], {}, '--key needs --cert FILE'],
    [['--public-url', 'calls.example.org'], {}, 'https://calls.example.org'],
    [['--public-url', 'https://calls.example.org/dial'], {}, 'no path'],
    [['--public-url', 'http://calls.example.org'], {}, 'has to begin with https'],
    [['--trust-proxy', '127.0.0.1'], {}, 'needs --public-url'],
    [['--trust-proxy', 'nginx', '--public-url', 'https://a.example'], {}, 'is not a list of IP addresses'],
    [['--media-address', 'eth0'], {}, 'is not a list of IP addresses'],
    [['--log-level', 'loud'], {}, 'Choose debug, info, warn or error'],
    [[], { QUIETLINE_PROT: '80' }, 'QUIETLINE_PROT is not a setting. Did you mean QUIETLINE_PORT?'],
    [[], { QUIETLINE_HTTPS: 'maybe' }, 'neither 1 nor 0'],
    [[], { QUIETLINE_DATABASE_URL: 'mysql://x' }, 'postgresql://role:password@host'],
    [[], { QUIETLINE_SMTP_URL: 'mail.example.org', QUIETLINE_MAIL_FROM: 'a@b.example' }, 'smtp://user:password@host:587'],
    [[], { QUIETLINE_SMTP_URL: 'smtp://mail.example.org' }, 'QUIETLINE_MAIL_FROM'],
    [[], { QUIETLINE_MAIL_FROM: 'a@b.example' }, 'QUIETLINE_SMTP_URL'],
    [[], { QUIETLINE_OIDC_ISSUER: 'https://id.example.org' }, 'go together'],
    [[], { QUIETLINE_OIDC_ISSUER: 'http://id.example.org', QUIETLINE_OIDC_CLIENT_ID: 'a', QUIETLINE_OIDC_CLIENT_SECRET: 'b' }, 'https:'],
  ])('%j %j', (words, environment, sentence) => {
    expect(problemsOf(words, environment as Record<string, string>)).toContain(sentence);
  });

  test('all of them at once, not one a start', () => {
    expect(problemsOf(['--port', 'x', '--log-level', 'y']).split('\n')).toHaveLength(2);
  });

  test("the database's address, which holds a password, is not repeated", () => {
    expect(problemsOf([], { QUIETLINE_DATABASE_URL: 'my-password@host' })).not.toContain('my-password');
  });
});

test('the help lists every option and every variable, and none that does not exist', () => {
  const help = readFileSync(new URL('../scripts/server-help.txt', import.meta.url), 'utf8');
  const known: string[] = Object.values(settings).flatMap(({ option, variable }) => [option, variable]).filter((word) => word !== undefined);
  const listed = new Set(help.match(/--[a-z][a-z-]*|QUIETLINE_[A-Z_]+/g));
  listed.delete('--help');
  expect([...listed].sort()).toEqual(known.sort());
});

describe('metrics', () => {
  test('are read nowhere unless asked for, by this machine with a port alone, by others with a token', () => {
    expect(read().metrics).toBeUndefined();
    expect(read(['--metrics', '9464']).metrics).toEqual({ host: '127.0.0.1', port: 9464, token: undefined });
    expect(read(['--metrics', '[::1]:9464']).metrics).toMatchObject({ host: '::1' });
    expect(read(['--metrics', '0.0.0.0:9464'], { QUIETLINE_METRICS_TOKEN: 'x'.repeat(32) }).metrics).toEqual({ host: '0.0.0.0', port: 9464, token: hideText('x'.repeat(32)) });
  });

  test.each([
    [['--metrics', '0.0.0.0:9464'], {}, 'can be reached from other machines'],
    [['--metrics', 'everywhere'], {}, 'is no address to read metrics at'],
    [['--metrics', '9464'], { QUIETLINE_METRICS_TOKEN: 'short' }, 'too short to hold'],
    [[], { QUIETLINE_METRICS_TOKEN: 'x'.repeat(32) }, 'needs --metrics beside it'],
  ])('%j %j: %s', (words, environment, problem) => {
    expect(problemsOf(words, environment as Record<string, string>)).toContain(problem);
    expect(problemsOf(words, environment as Record<string, string>)).not.toContain('short"');
  });
});
