/** What an operator says of a trunk, checked: each mistake is answered with its fix. Reads no file and no environment; config.ts does. */
import { createPrivateKey, createSecretKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Result } from '#contract/result.ts';
import type { Credentials } from '../agent/digest.ts';
import type { CallerIdForm, NumberForm } from './caller-identity-policy.ts';

export interface TrunkSettings {
  /** Names the trunk in the log, in metrics and in a call's record. */
  name: string;
  /** A name or an address. */
  host: string;
  /** Undefined: found by SRV, or the transport's own port. */
  port: number | undefined;
  transport: 'udp' | 'tcp' | 'tls';
  /** Host part of the URIs we write, where the carrier wants another than `host`. */
  domain: string;
  /** Undefined: the carrier knows us by our address. */
  credentials: Credentials | undefined;
  /** Whether we REGISTER, as a PBX demands, and for how long. */
  register: boolean;
  registerExpiresSec: number;
  /** Where the caller's number stands. */
  callerIdForm: CallerIdForm;
  /** A number the carrier gave with the trunk: shown to a clinic's desk by the call that proves its first line, and to no patient. */
  ownNumber: string | undefined;
  /** How the carrier wants numbers written: +15550100, 15550100, or as the country dials. */
  numberForm: NumberForm;
  /** The country's calling code, without '+': how incoming national numbers are read. */
  countryCallingCode: string;
  /** Addresses and CIDR ranges calls may come from, beside those `host` resolves to. */
  acceptFrom: readonly string[];
  /** How often the trunk is asked whether it lives; 0 for never. */
  optionsIntervalSec: number;
  /** RFC 4568 keys for the audio. */
  mediaEncryption: 'off' | 'optional' | 'required';
  /** Lower is tried first; among equals a call picks by weight. */
  priority: number;
  weight: number;
  /** PEM texts; the key as bytes, which no dump of the heap shows. */
  tls: { ca: string | undefined; cert: string | undefined; key: Buffer | undefined; serverName: string | undefined };
}

export type SettingsResult<Value> = Result<Value, readonly string[]>;

/** Checks a whole list, as the settings file holds it: `{"trunks": [...]}` or the bare list. */
export function checkTrunkList(input: unknown): SettingsResult<readonly TrunkSettings[]> {
  const list: unknown = Array.isArray(input) ? input : isRecord(input) ? input['trunks'] : undefined;
  if (!Array.isArray(list) || list.length === 0) return refuse(['The trunk settings must be a list with at least one trunk: {"trunks": [{"name": "main", "host": "sip.example.com"}]}.']);
  const trunks: TrunkSettings[] = [];
  const problems: string[] = [];
  for (const [index, item] of list.entries()) {
    const result = checkTrunkSettings(item);
    if (result.ok) trunks.push(result.value);
    else problems.push(...result.refusal.map((problem) => `Trunk ${index + 1}: ${problem}`));
  }
  const names = trunks.map((trunk) => trunk.name);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) problems.push(`Two trunks are called "${name}"; give each a name of its own.`);
  return problems.length > 0 ? refuse(problems) : { ok: true, value: trunks };
}

const KNOWN_KEYS = [
  'name', 'host', 'port', 'transport', 'domain', 'user', 'password', 'register', 'registerExpiresSec', 'callerIdForm', 'ownNumber', 'numberForm', 'countryCallingCode', 'acceptFrom',
  'optionsIntervalSec', 'mediaEncryption', 'priority', 'weight', 'tlsCa', 'tlsCert', 'tlsKey', 'tlsServerName',
];

/** Checks one trunk. Every problem is a sentence that says what to write instead. */
export function checkTrunkSettings(input: unknown): SettingsResult<TrunkSettings> {
  if (!isRecord(input)) return refuse(['a trunk must be an object, such as {"name": "main", "host": "sip.example.com"}.']);
  const problems: string[] = [];
  const say = (problem: string): undefined => void problems.push(problem);

  const text = (key: string): string | undefined => {
    const value = input[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    return say(`"${key}" must be a text that is not empty; leave it out to use the default.`);
  };
  const whole = (key: string, from: number, to: number): number | undefined => {
    const value = input[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
    return say(`"${key}" must be a whole number from ${from} to ${to}.`);
  };
  const choice = <const T extends string>(key: string, choices: readonly T[], standard: T): T => {
    const value = input[key];
    if (value === undefined || value === null) return standard;
    const found = choices.find((one) => one === value);
    if (found === undefined) say(`"${key}" must be one of ${choices.map((one) => `"${one}"`).join(', ')}.`);
    return found ?? standard;
  };

  for (const key of Object.keys(input)) if (!KNOWN_KEYS.includes(key)) say(`"${key}" is no setting of a trunk; known are ${KNOWN_KEYS.join(', ')}.`);

  const name = text('name');
  if (name === undefined && problems.length === 0) say('"name" is missing: give the trunk a short name, such as "main".');
  if (name !== undefined && !/^[A-Za-z0-9._-]{1,32}$/.test(name)) say('"name" may hold letters, digits, ".", "_" and "-", at most 32: it stands in the log and in metrics.');
  const host = text('host');
  if (host === undefined) say('"host" is missing: write the name or address of the carrier\'s SIP server, such as "sip.example.com".');
  if (host !== undefined && /[/:@\s]/.test(host) && isIP(host) === 0) say(`"host" is a name or an address alone: write the port as "port", and leave out "sip:" and everything after a ":" or "/".`);

  const transport = choice('transport', ['udp', 'tcp', 'tls'], 'udp');
  if (host !== undefined && isIP(host) === 6 && transport === 'udp') say('"host" is an IPv6 address, and UDP is spoken over IPv4 only: set "transport" to "tcp" or "tls", or write the carrier\'s IPv4 address.');
  const user = text('user');
  const password = typeof input['password'] === 'string' && input['password'] !== '' ? input['password'] : undefined;
  if (user !== undefined && password === undefined) say('"user" is given without "password": add it, or leave both out where the carrier knows you by your address.');
  if (user === undefined && password !== undefined) say('"password" is given without "user": add the account\'s name.');
  const register = input['register'] === true;
  if (input['register'] !== undefined && typeof input['register'] !== 'boolean') say('"register" must be true or false.');
  if (register && user === undefined) say('"register" needs "user" and "password": a registrar asks for both.');

  const acceptFrom = input['acceptFrom'] ?? [];
  if (!Array.isArray(acceptFrom) || !acceptFrom.every((range) => typeof range === 'string' && isAddressRange(range))) {
    say('"acceptFrom" must be a list of addresses or ranges, such as ["192.0.2.10", "198.51.100.0/24"].');
  }
  const countryCallingCode = text('countryCallingCode') ?? '1';
  if (!/^[1-9][0-9]{0,2}$/.test(countryCallingCode)) say('"countryCallingCode" is the country\'s code without "+", such as "1" or "49".');
  const ownNumber = text('ownNumber');
  if (ownNumber !== undefined && !/^\+[1-9][0-9]{6,14}$/.test(ownNumber)) say('"ownNumber" must be a number the carrier gave you, with "+" and the country\'s code, such as "+16125550100".');
  const tls = { ca: text('tlsCa'), cert: text('tlsCert'), key: text('tlsKey'), serverName: text('tlsServerName') };
  if ((tls.cert === undefined) !== (tls.key === undefined)) say('"tlsCert" and "tlsKey" belong together: give both, or neither.');
  for (const [key, value] of [['tlsCa', tls.ca], ['tlsCert', tls.cert], ['tlsKey', tls.key]] as const) {
    if (value !== undefined && !value.includes('-----BEGIN ')) say(`"${key}" must be the PEM text itself, beginning with "-----BEGIN".`);
  }
  if (tls.cert !== undefined && tls.key !== undefined && !belongTogether(tls.cert, tls.key)) say('"tlsKey" is not the key of "tlsCert", or one of them is damaged: give the pair as it was made. A key must have no pass phrase.');
  if (transport !== 'tls' && (tls.ca ?? tls.cert ?? tls.serverName) !== undefined) say('TLS settings are given, but "transport" is not "tls": set it, or leave them out.');

  const settings: TrunkSettings = {
    name: name ?? '', host: host ?? '', port: whole('port', 1, 65_535), transport, domain: text('domain') ?? host ?? '',
    credentials: user !== undefined && password !== undefined ? { user, password: createSecretKey(password, 'utf8') } : undefined,
    register, registerExpiresSec: whole('registerExpiresSec', 60, 86_400) ?? 300,
    callerIdForm: choice('callerIdForm', ['from', 'p-asserted-identity', 'p-preferred-identity', 'both'], 'from'),
    ownNumber,
    numberForm: choice('numberForm', ['e164', 'digits', 'national'], 'e164'),
    countryCallingCode, acceptFrom: acceptFrom as readonly string[],
    optionsIntervalSec: whole('optionsIntervalSec', 0, 3_600) ?? 30,
    mediaEncryption: choice('mediaEncryption', ['off', 'optional', 'required'], 'off'),
    priority: whole('priority', 0, 65_535) ?? 10, weight: whole('weight', 0, 65_535) ?? 10, tls: { ...tls, key: tls.key === undefined ? undefined : Buffer.from(tls.key) },
  };
  if (settings.mediaEncryption === 'required' && transport !== 'tls') say('"mediaEncryption": "required" sends the audio\'s keys in SIP messages: set "transport" to "tls", or the keys travel in the open.');
  return problems.length > 0 ? refuse(problems) : { ok: true, value: settings };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function belongTogether(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function isAddressRange(range: string): boolean {
  const [address, bits, ...rest] = range.split('/');
  const family = isIP(address ?? '');
  return family !== 0 && rest.length === 0 && (bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
}

function refuse(problems: readonly string[]): { readonly ok: false; readonly refusal: readonly string[] } {
  return { ok: false, refusal: problems };
}
