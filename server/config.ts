/** The settings of a start, from options and environment, and the only reader of either. A bad one is answered with a sentence that says the fix. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { hideText, type SecretText } from './platform/crypto/secret-text.ts';
import { logLevels, type LogLevel } from './platform/logging/log-sink.ts';

/** What is secret in it is hidden (platform/crypto/secret-text.ts), and opened where it is used. */
export interface Config {
  /** Absolute; undefined for the usual place. */
  readonly dataDirectory: string | undefined;
  /** Undefined: the usual port, or a free one if it is taken. */
  readonly port: number | undefined;
  readonly host: string;
  /** 'authority': a certificate of the local authority, made here. */
  readonly https: 'off' | 'authority' | { readonly certFile: string; readonly keyFile: string };
  /** Origin only: no path, no slash at its end. */
  readonly publicOrigin: string | undefined;
  readonly trustProxy: string[] | false;
  readonly trunksFile: string | undefined;
  /** Undefined: every address of this machine. */
  readonly mediaAddresses: readonly string[] | undefined;
  readonly mediaPort: number | undefined;
  /** Where rtpengines take the ng protocol; undefined: this process carries the audio. */
  readonly rtpengines: readonly { readonly host: string; readonly port: number; readonly weight: number }[] | undefined;
  readonly rtpengineInterfaces: { readonly device: string; readonly party: string; readonly us: string } | undefined;
  /** Where trunks reach us by SIP. */
  readonly sipPort: number | undefined;
  /** Where trunks reach us by SIP over TLS, and with which certificate; undefined: by UDP and TCP only. */
  readonly sipTls: { readonly port: number; readonly certFile: string; readonly keyFile: string; /** Authorities of the clients let in. */ readonly clientCaFile: string | undefined } | undefined;
  readonly logLevel: LogLevel;
  readonly logTo: 'file' | 'stdout';
  /** With the password in it. */
  readonly databaseUrl: SecretText | undefined;
  /** Where revocations are kept beside the database; undefined for beside the keys. */
  readonly revocationsFile: string | undefined;
  /** The OpenID Connect provider members may come in by; undefined for none. */
  readonly community: { readonly issuer: string; readonly clientId: string; readonly clientSecret: SecretText } | undefined;
  /** Undefined: nothing is mailed. */
  readonly mail: { readonly url: SecretText; readonly from: string } | undefined;
  /** TURN servers, and the secret shared with them; undefined for none. */
  readonly relays: { readonly urls: readonly string[]; readonly secret: SecretText } | undefined;
  /** Where a TURN server takes plain TCP, to be reached through our https port; undefined for none. */
  readonly relayBehind: { readonly host: string; readonly port: number } | undefined;
  /** Where metrics are read; undefined for nowhere. Beyond this machine only with a token. */
  readonly metrics: { readonly host: string; readonly port: number; readonly token: SecretText | undefined } | undefined;
  readonly wantsNewLink: boolean;
}

export type ConfigReading = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] };

/** How a setting is written: its option, if it has one, its variable, and whether it takes a value. */
interface Setting {
  readonly option: string | undefined;
  readonly variable: string | undefined;
  readonly takesValue: boolean;
}

export const settings = {
  data: { option: '--data', variable: 'QUIETLINE_DATA', takesValue: true },
  port: { option: '--port', variable: 'QUIETLINE_PORT', takesValue: true },
  host: { option: '--host', variable: 'QUIETLINE_HOST', takesValue: true },
  https: { option: '--https', variable: 'QUIETLINE_HTTPS', takesValue: false },
  cert: { option: '--cert', variable: 'QUIETLINE_CERT', takesValue: true },
  key: { option: '--key', variable: 'QUIETLINE_KEY', takesValue: true },
  publicUrl: { option: '--public-url', variable: 'QUIETLINE_PUBLIC_URL', takesValue: true },
  trustProxy: { option: '--trust-proxy', variable: 'QUIETLINE_TRUST_PROXY', takesValue: true },
  trunks: { option: '--trunks', variable: 'QUIETLINE_TRUNKS', takesValue: true },
  mediaAddress: { option: '--media-address', variable: 'QUIETLINE_MEDIA_ADDRESS', takesValue: true },
  mediaPort: { option: '--media-port', variable: 'QUIETLINE_MEDIA_PORT', takesValue: true },
  rtpengine: { option: '--rtpengine', variable: 'QUIETLINE_RTPENGINE', takesValue: true },
  rtpengineInterfaces: { option: '--rtpengine-interfaces', variable: 'QUIETLINE_RTPENGINE_INTERFACES', takesValue: true },
  sipPort: { option: '--sip-port', variable: 'QUIETLINE_SIP_PORT', takesValue: true },
  sipTlsPort: { option: '--sip-tls-port', variable: 'QUIETLINE_SIP_TLS_PORT', takesValue: true },
  sipCert: { option: '--sip-cert', variable: 'QUIETLINE_SIP_CERT', takesValue: true },
  sipKey: { option: '--sip-key', variable: 'QUIETLINE_SIP_KEY', takesValue: true },
  sipClientCa: { option: '--sip-client-ca', variable: 'QUIETLINE_SIP_CLIENT_CA', takesValue: true },
  metrics: { option: '--metrics', variable: 'QUIETLINE_METRICS', takesValue: true },
  metricsToken: { option: undefined, variable: 'QUIETLINE_METRICS_TOKEN', takesValue: true },
  logLevel: { option: '--log-level', variable: 'QUIETLINE_LOG_LEVEL', takesValue: true },
  logTo: { option: '--log-to', variable: 'QUIETLINE_LOG_TO', takesValue: true },
  revocations: { option: '--revocations', variable: 'QUIETLINE_REVOCATIONS', takesValue: true },
  databaseUrl: { option: undefined, variable: 'QUIETLINE_DATABASE_URL', takesValue: true },
  smtpUrl: { option: undefined, variable: 'QUIETLINE_SMTP_URL', takesValue: true },
  mailFrom: { option: undefined, variable: 'QUIETLINE_MAIL_FROM', takesValue: true },
  oidcIssuer: { option: undefined, variable: 'QUIETLINE_OIDC_ISSUER', takesValue: true },
  oidcClientId: { option: undefined, variable: 'QUIETLINE_OIDC_CLIENT_ID', takesValue: true },
  oidcClientSecret: { option: undefined, variable: 'QUIETLINE_OIDC_CLIENT_SECRET', takesValue: true },
  turnBehind: { option: '--turn-behind', variable: 'QUIETLINE_TURN_BEHIND', takesValue: true },
  turnUrls: { option: '--turn-urls', variable: 'QUIETLINE_TURN_URLS', takesValue: true },
  turnSecret: { option: undefined, variable: 'QUIETLINE_TURN_SECRET', takesValue: true },
  newLink: { option: '--new-link', variable: undefined, takesValue: false },
} as const satisfies Record<string, Setting>;

type SettingName = keyof typeof settings;
type Values = Partial<Record<SettingName, { text: string; as: string }>>;

export function readConfig(words: readonly string[], environment: Readonly<Record<string, string | undefined>> = process.env): ConfigReading {
  const problems: string[] = [];
  const values = { ...readEnvironment(environment, problems), ...readOptions(words, problems) };
  const problem = (name: SettingName, fix: string): undefined => void problems.push(`${values[name]?.as ?? name}: "${values[name]?.text ?? ''}" ${fix}`);
  const text = (name: SettingName): string | undefined => values[name]?.text;
  const port = (name: SettingName): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const isPort = /^\d{1,5}$/.test(value) && Number(value) <= 65_535;
    return isPort ? Number(value) : problem(name, 'is not a port. Give a number from 1 to 65535, or 0 for a free one.');
  };
  const oneOf = <Choice extends string>(name: SettingName, choices: readonly Choice[], usual: Choice): Choice => {
    const value = text(name) ?? usual;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) problem(name, `is not known. Choose ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}.`);
    return choice ?? usual;
  };
  const addresses = (name: SettingName): string[] | undefined => {
    const listed = text(name)?.split(',').map((word) => word.trim());
    if (listed?.some((word) => isIP(word.replace(/\/\d{1,3}$/, '')) === 0)) problem(name, 'is not a list of IP addresses. Write them with commas and without names or ports: 127.0.0.1,192.168.1.20');
    return listed;
  };

  const publicUrl = text('publicUrl');
  if (publicUrl !== undefined && !isOrigin(publicUrl)) problem('publicUrl', 'is not an address to be reached at. Give scheme and name and no path: https://calls.example.org');
  if (publicUrl?.startsWith('http:') && isOrigin(publicUrl) && !/^(localhost|127\.|\[::1\])/.test(new URL(publicUrl).hostname)) {
    problem('publicUrl', 'has to begin with https: browsers give a microphone only to secure pages.');
  }
  const trustProxy = addresses('trustProxy') ?? false;
  if (trustProxy !== false && publicUrl === undefined) problem('trustProxy', 'needs --public-url beside it: the address that people use.');
  const https = readHttps(values, problems);
  const host = text('host') ?? (https === 'off' ? '127.0.0.1' : '0.0.0.0');
  if (isIP(host) === 0 && host !== 'localhost') problem('host', 'is not an IP address of this machine. Give 127.0.0.1 for this machine only, 0.0.0.0 for all.');
  const databaseUrl = text('databaseUrl');
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\/./.test(databaseUrl)) problems.push('QUIETLINE_DATABASE_URL is not a PostgreSQL address. Write postgresql://role:password@host:5432/database');

  const config: Config = {
    dataDirectory: text('data') === undefined ? undefined : resolve(text('data')!),
    port: port('port'),
    host,
    https,
    publicOrigin: publicUrl?.replace(/\/$/, ''),
    trustProxy,
    trunksFile: text('trunks') === undefined ? undefined : resolve(text('trunks')!),
    mediaAddresses: addresses('mediaAddress'),
    mediaPort: port('mediaPort'),
    rtpengines: readRtpengines(values, problems),
    rtpengineInterfaces: readInterfaces(values, problems),
    sipPort: port('sipPort'),
    sipTls: readSipTls(values, port('sipTlsPort'), https, problems),
    logLevel: oneOf('logLevel', logLevels, 'info'),
    logTo: oneOf('logTo', ['file', 'stdout'], 'file'),
    databaseUrl: databaseUrl === undefined ? undefined : hideText(databaseUrl),
    revocationsFile: text('revocations') === undefined ? undefined : resolve(text('revocations')!),
    community: readCommunity(text('oidcIssuer'), text('oidcClientId'), text('oidcClientSecret'), problems),
    mail: readMail(text('smtpUrl'), text('mailFrom'), problems),
    ...readRelays(values, { isHttps: https !== 'off', publicOrigin: publicUrl }, problems),
    metrics: readMetrics(values, problems),
    wantsNewLink: text('newLink') !== undefined,
  };
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
}

function readEnvironment(environment: Readonly<Record<string, string | undefined>>, problems: string[]): Values {
  const values: Values = {};
  const known = new Map(Object.entries(settings).map(([name, { variable }]) => [variable as string | undefined, name as SettingName]));
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('QUIETLINE_') || variable.startsWith('QUIETLINE_TEST_') || text === undefined || text === '') continue;
    const name = known.get(variable);
    if (name === undefined) problems.push(`${variable} is not a setting.${suggest(variable, [...known.keys()])} scripts/server --help lists them all.`);
    else if (settings[name].takesValue || isYes(text)) values[name] = { text, as: variable };
    else if (!isNo(text)) problems.push(`${variable}: "${text}" is neither 1 nor 0.`);
  }
  return values;
}

function readOptions(words: readonly string[], problems: string[]): Values {
  const values: Values = {};
  const known = new Map(Object.entries(settings).map(([name, { option }]) => [option as string | undefined, name as SettingName]));
  for (let index = 0; index < words.length; index += 1) {
    const [option = '', ...rest] = words[index]!.split('=');
    const name = known.get(option);
    if (name === undefined) {
      problems.push(`${option} is not an option.${suggest(option, [...known.keys()])} scripts/server --help lists them all.`);
      continue;
    }
    const value = rest.length > 0 ? rest.join('=') : settings[name].takesValue ? words[++index] : '1';
    if (value === undefined || value === '' || (settings[name].takesValue && rest.length === 0 && value.startsWith('--'))) problems.push(`${option} needs a value after it.`);
    else values[name] = { text: value, as: option };
  }
  return values;
}

function readHttps(values: Values, problems: string[]): Config['https'] {
  const { cert, key, https } = values;
  if (cert === undefined && key === undefined) return https === undefined ? 'off' : 'authority';
  if (cert === undefined || key === undefined) {
    problems.push(cert === undefined ? `${key!.as} needs --cert FILE beside it: the certificate that belongs to the key.` : `${cert.as} needs --key FILE beside it: the private key of the certificate.`);
    return 'off';
  }
  return { certFile: resolve(cert.text), keyFile: resolve(key.text) };
}

/** Any of the four asks for it; the page's own certificate serves where SIP is given none. */
function readSipTls({ sipTlsPort, sipCert, sipKey, sipClientCa, trunks }: Values, port: number | undefined, https: Config['https'], problems: string[]): Config['sipTls'] {
  const wanted = sipTlsPort ?? sipCert ?? sipKey ?? sipClientCa;
  if (wanted === undefined) return undefined;
  if (trunks === undefined) problems.push(`${wanted.as} needs --trunks beside it: nobody calls the sandbox by TLS.`);
  if (sipCert === undefined && sipKey !== undefined) problems.push(`${sipKey.as} needs --sip-cert FILE beside it: the certificate that belongs to the key.`);
  if (sipCert !== undefined && sipKey === undefined) problems.push(`${sipCert.as} needs --sip-key FILE beside it: the private key of the certificate.`);
  const pair = sipCert !== undefined && sipKey !== undefined ? { certFile: resolve(sipCert.text), keyFile: resolve(sipKey.text) } : typeof https === 'object' ? https : undefined;
  if (pair === undefined && sipCert === undefined && sipKey === undefined) problems.push(`${wanted.as} needs --sip-cert FILE and --sip-key FILE beside it, or --cert and --key: a certificate that carriers trust.`);
  return pair === undefined ? undefined : { port: port ?? 5061, ...pair, clientCaFile: sipClientCa === undefined ? undefined : resolve(sipClientCa.text) };
}

/** `9464` or `127.0.0.1:9464`. Who counts calls by the minute learns a practice's day: other machines bring a token. The token is repeated in no problem. */
function readMetrics({ metrics, metricsToken }: Values, problems: string[]): Config['metrics'] {
  if (metrics === undefined) {
    if (metricsToken !== undefined) problems.push('QUIETLINE_METRICS_TOKEN needs --metrics beside it: where the metrics are read, such as 127.0.0.1:9464.');
    return undefined;
  }
  const [, host = '127.0.0.1', digits = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(metrics.text) ?? [];
  const address = host.replace(/^\[|\]$/g, '');
  if (digits === '' || Number(digits) > 65_535 || isIP(address) === 0) problems.push(`${metrics.as}: "${metrics.text}" is no address to read metrics at. Write a port, or an address of this machine and a port: 127.0.0.1:9464`);
  const isLoopback = /^127\.|^::1$/.test(address);
  if (!isLoopback && metricsToken === undefined) problems.push(`${metrics.as}: "${metrics.text}" can be reached from other machines: set QUIETLINE_METRICS_TOKEN as well (openssl rand -hex 32), or write 127.0.0.1.`);
  if (metricsToken !== undefined && metricsToken.text.length < 16) problems.push('QUIETLINE_METRICS_TOKEN is too short to hold. Make one: openssl rand -hex 32');
  return { host: address, port: Number(digits), token: metricsToken === undefined ? undefined : hideText(metricsToken.text) };
}

/** Secrets among the variables: once read, they stand in the environment for nobody, neither for what is started from here nor for a report. */
export function forgetSecretVariables(environment: Record<string, string | undefined> = process.env): void {
  for (const name of ['QUIETLINE_DATABASE_URL', 'QUIETLINE_SMTP_URL', 'QUIETLINE_OIDC_CLIENT_SECRET', 'QUIETLINE_TURN_SECRET', 'QUIETLINE_METRICS_TOKEN']) delete environment[name];
}

/** All three or none; the secret is repeated in no problem. */
function readCommunity(issuer: string | undefined, clientId: string | undefined, clientSecret: string | undefined, problems: string[]): Config['community'] {
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    problems.push('QUIETLINE_OIDC_ISSUER, QUIETLINE_OIDC_CLIENT_ID and QUIETLINE_OIDC_CLIENT_SECRET go together: the community gives out all three.');
    return undefined;
  }
  const url = URL.parse(issuer);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname));
  if (!isSafe) problems.push(`QUIETLINE_OIDC_ISSUER: "${issuer}" is not an address to sign in at. Write the issuer as the community names it, beginning with https:`);
  return { issuer, clientId, clientSecret: hideText(clientSecret) };
}

function readRtpengines({ rtpengine, mediaAddress, mediaPort }: Values, problems: string[]): Config['rtpengines'] {
  if (rtpengine === undefined) return undefined;
  for (const idle of [mediaAddress, mediaPort]) if (idle !== undefined) problems.push(`${idle.as} means nothing beside ${rtpengine.as}: browsers send to the rtpengines. Give their --interface instead.`);
  return rtpengine.text.split(',').flatMap((word) => {
    const [, host, port, weight] = /^\[?([\d.a-f:]+?)\]?:(\d{1,5})(?:=(\d{1,3}))?$/i.exec(word.trim()) ?? [];
    if (host !== undefined && isIP(host) !== 0 && Number(port) <= 65_535 && weight !== '0') return [{ host, port: Number(port), weight: Number(weight ?? 1) }];
    problems.push(`${rtpengine.as}: "${word.trim()}" is not an rtpengine. Write the address and port of its listen-ng, and if it should take more calls than others its weight: 10.0.0.5:2223=2`);
    return [];
  });
}

function readInterfaces({ rtpengine, rtpengineInterfaces: setting }: Values, problems: string[]): Config['rtpengineInterfaces'] {
  if (setting === undefined) return undefined;
  if (rtpengine === undefined) problems.push(`${setting.as} needs --rtpengine beside it.`);
  const [device, party, us, more] = setting.text.split(',').map((word) => word.trim());
  if (device && party && us && more === undefined) return { device, party, us };
  problems.push(`${setting.as}: "${setting.text}" does not name three interfaces. Write those towards browsers, towards trunks and towards this server, as rtpengine's --interface names them: public,public,inside`);
  return undefined;
}

/** The secret is repeated in no problem. */
function readRelays(values: Values, { isHttps, publicOrigin }: { isHttps: boolean; publicOrigin: string | undefined }, problems: string[]): Pick<Config, 'relays' | 'relayBehind'> {
  const { turnUrls, turnBehind, turnSecret } = values;
  if (turnUrls === undefined && turnBehind === undefined) {
    if (turnSecret !== undefined) problems.push('QUIETLINE_TURN_SECRET needs --turn-urls beside it: where the TURN servers are that know the secret.');
    return { relays: undefined, relayBehind: undefined };
  }
  if (turnSecret === undefined) problems.push('TURN servers need QUIETLINE_TURN_SECRET: the static-auth-secret that they are set up with.');
  else if (turnSecret.text.length < 16) problems.push('QUIETLINE_TURN_SECRET is too short to hold. Make one: openssl rand -hex 32');
  const urls = turnUrls?.text.split(',').map((word) => word.trim()) ?? [];
  const bad = urls.find((url) => !/^turns?:(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?(\?transport=(udp|tcp))?$/i.test(url));
  if (bad !== undefined) problems.push(`${turnUrls!.as}: "${bad}" is not a TURN address. Write turn:turn.example.org:3478 or turns:turn.example.org:443?transport=tcp, several with commas.`);
  const relayBehind = readRelayBehind(turnBehind, problems);
  if (turnBehind !== undefined) {
    // Behind a proxy the port is the proxy's, and what is not HTTP does not come through it.
    if (!isHttps) problems.push(`${turnBehind.as} needs --https or --cert and --key: relayed audio comes in by the same TLS as the page.`);
    if (publicOrigin === undefined) problems.push(`${turnBehind.as} needs --public-url beside it: the address at which browsers reach this port.`);
    else if (isOrigin(publicOrigin)) urls.push(`turns:${new URL(publicOrigin).hostname}:${new URL(publicOrigin).port || 443}?transport=tcp`);
  }
  return { relays: { urls, secret: hideText(turnSecret?.text ?? '') }, relayBehind };
}

function readRelayBehind(setting: Values['turnBehind'], problems: string[]): Config['relayBehind'] {
  if (setting === undefined) return undefined;
  const [, host, port] = /^(?:\[)?([\d.a-f:]+?)\]?:(\d{1,5})$/i.exec(setting.text) ?? [];
  if (host !== undefined && isIP(host) !== 0 && Number(port) <= 65_535) return { host, port: Number(port) };
  problems.push(`${setting.as}: "${setting.text}" is not an address and a port. Write where the TURN server takes plain TCP: 127.0.0.1:3478`);
  return undefined;
}

/** Neither value is repeated in a problem: the address holds a password. */
function readMail(url: string | undefined, from: string | undefined, problems: string[]): Config['mail'] {
  if (url === undefined && from === undefined) return undefined;
  if (url === undefined || from === undefined) {
    problems.push(url === undefined ? 'QUIETLINE_MAIL_FROM needs QUIETLINE_SMTP_URL beside it: the server that takes the mail.' : 'QUIETLINE_SMTP_URL needs QUIETLINE_MAIL_FROM beside it: the sender, as "Lakeside Clinic <calls@example.org>".');
    return undefined;
  }
  if (!/^smtps?:\/\/./.test(url) || URL.parse(url) === null) problems.push('QUIETLINE_SMTP_URL is not a mail server. Write smtp://user:password@host:587 or smtps://user:password@host');
  return { url: hideText(url), from };
}

function isOrigin(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:') && parsed.pathname === '/' && parsed.search === '' && parsed.hash === '' && parsed.username === '';
}

const isYes = (text: string): boolean => ['1', 'true', 'yes', 'on'].includes(text.toLowerCase());
const isNo = (text: string): boolean => ['0', 'false', 'no', 'off'].includes(text.toLowerCase());

/** The known word that a mistyped one was meant to be, if one is near. */
function suggest(word: string, known: readonly (string | undefined)[]): string {
  const near = known.filter((each) => each !== undefined).find((each) => distance(word.toLowerCase(), each.toLowerCase()) <= 2 || (word.length > 5 && each.startsWith(word)));
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

/** How many letters have to be put in, taken out or changed. */
function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1)));
    }
    previous = current;
  }
  return previous[other.length]!;
}
