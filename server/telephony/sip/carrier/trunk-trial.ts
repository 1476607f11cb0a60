/** Tries a trunk as an operator would: its name, its answer to OPTIONS, its registrar, a call; and says in sentences what is wrong and what to do. */
import { X509Certificate } from 'node:crypto';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { silentLog } from '#server/platform/logging/log.ts';
import { createDigestClient } from '../agent/digest.ts';
import { createUserAgent } from '../agent/user-agent.ts';
import type { AgentAnswer, UserAgent } from '../agent/user-agent.ts';
import type { SipLegEnd } from '../agent/leg.ts';
import { createTokens } from '../transactions/tokens.ts';
import type { Target } from '../transport/transport-layer.ts';
import { numberUri, writeCaller } from './caller-identity-policy.ts';
import { causeOfRefusal } from './failure-policy.ts';
import { createSystemNames, createTrunkTargets } from './trunk-targets.ts';
import type { NameService } from './trunk-targets.ts';
import { tlsTroubleOf } from './tls-trouble-policy.ts';
import type { TlsTrouble } from './tls-trouble-policy.ts';
import type { TrunkSettings } from './trunk-settings.ts';

export interface Finding {
  isGood: boolean;
  sentence: string;
}

export interface TrialOptions {
  trunk: TrunkSettings;
  clock: Clock;
  random: RandomSource;
  /** A call that really rings, where both are given. */
  call?: { from: string; to: string } | undefined;
  listenHost?: string;
  /** The system's resolver where undefined. */
  names?: NameService;
  tell(finding: Finding): void;
}

const ANSWER_MS = 8_000;
const RING_MS = 20_000;
/** PCMU, PCMA and keypresses on a port nobody listens on, encrypted as the settings say: enough for a yes or a no. */
const offerFor = ({ mediaEncryption }: TrunkSettings, random: RandomSource): string =>
  ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio 9 ${mediaEncryption === 'required' ? 'RTP/SAVP' : 'RTP/AVP'} 0 8 101`, 'a=rtpmap:101 telephone-event/8000',
    ...(mediaEncryption === 'off' ? [] : [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.from(random.bytes(30)).toString('base64')}`]), 'a=inactive', ''].join('\r\n');

/** True where nothing wrong was found. */
export async function tryTrunk(options: TrialOptions): Promise<boolean> {
  const { trunk } = options;
  const tokens = createTokens(options.random);
  let isGood = true;
  const say = (good: boolean, sentence: string): void => {
    isGood &&= good;
    options.tell({ isGood: good, sentence });
  };

  const targets = await createTrunkTargets(trunk, { clock: options.clock, names: options.names ?? createSystemNames(), draw: (below) => tokens.integer(below) }).find();
  if (targets.length === 0) {
    say(false, `The name ${trunk.host} leads to no address. Check "host" for a typing mistake, and that this machine's resolver works.`);
    return false;
  }
  say(true, `${trunk.host} leads to ${targets.map((one) => `${one.address}:${one.port}`).join(', ')} over ${trunk.transport.toUpperCase()}.`);

  const ours = trunk.tls.cert === undefined ? undefined : new X509Certificate(trunk.tls.cert);
  if (ours !== undefined && !isValidAt(ours, options.clock.now())) say(false, `Our own certificate ("tlsCert") is valid from ${ours.validFrom} to ${ours.validTo}, which is not now. Check this machine's date, or have the certificate renewed.`);

  const agent = await createUserAgent({ listen: { host: options.listenHost ?? '0.0.0.0', udpPort: 0 }, clock: options.clock, random: options.random, log: silentLog });
  try {
    const found = await Promise.all(targets.map(async (each) => ({ each, ...(await tryOptions(agent, trunk, each)) })));
    for (const { isGood: good, sentence } of found) say(good, sentence);
    const target = (found.find(({ life }) => life === 'answers') ?? (options.call === undefined ? undefined : found.find(({ life }) => life === 'silent')))?.each;
    if (target === undefined) return isGood;
    if (trunk.register) await tryRegister(agent, options, target, say);
    if (options.call !== undefined) await tryCall(agent, options, target, options.call, say);
    return isGood;
  } finally {
    agent.close();
  }
}

function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  return certificate.validFromDate.getTime() <= nowMs && nowMs <= certificate.validToDate.getTime();
}

/** Each server of the trunk answers for itself: one that is silent costs every call that begins with it four seconds. */
async function tryOptions(agent: UserAgent, trunk: TrunkSettings, target: Target): Promise<Finding & { life: 'answers' | 'silent' | 'unreachable' }> {
  const uri = `sip:${trunk.domain}`;
  const where = `${target.address}:${target.port}`;
  const answer = await agent.request({ method: 'OPTIONS', target, requestUri: uri, from: { uri: `sip:quietline@${trunk.domain}` }, to: { uri }, giveUpMs: ANSWER_MS });
  switch (answer.kind) {
    case 'unreachable':
      return {
        life: 'unreachable', isGood: false,
        sentence: trunk.transport === 'tls' ? sentenceForTls(tlsTroubleOf(answer.because, trunk.tls.cert !== undefined), trunk, where, answer.because) : `No ${trunk.transport.toUpperCase()} connection to ${where}. Check "port" and "transport", and the firewall between.`,
      };
    case 'no-response':
      return { life: 'silent', isGood: false, sentence: `${where} does not answer. Check "port" and "transport", that the carrier has this machine's public address on its list, and that the firewall lets its answers in. A carrier that never answers OPTIONS is tried by a call: --from and --to; then set "optionsIntervalSec" to 0.` };
    case 'response':
      return answer.response.status === 503 ? { life: 'answers', isGood: false, sentence: `${where} answers, but says it takes no calls now (503).` } : { life: 'answers', isGood: true, sentence: `${where} answers (${answer.response.status} to OPTIONS).` };
  }
}

async function tryRegister(agent: UserAgent, options: TrialOptions, target: Target, say: (good: boolean, sentence: string) => void): Promise<void> {
  const { trunk } = options;
  if (trunk.credentials === undefined) return;
  const account = `sip:${trunk.credentials.user}@${trunk.domain}`;
  const digest = createDigestClient(trunk.credentials, createTokens(options.random));
  const callId = agent.newCallId();
  const register = (expiresSec: number, cseq: number): Promise<AgentAnswer> =>
    agent.request({ method: 'REGISTER', target, requestUri: `sip:${trunk.domain}`, from: { uri: account }, to: { uri: account }, callId, cseq, expiresSec, digest, giveUpMs: ANSWER_MS });
  const answer = await register(trunk.registerExpiresSec, 1);
  if (answer.kind !== 'response') return say(false, 'The registrar does not answer. Ask the carrier whether registering is expected; if not, leave "register" out.');
  const { status } = answer.response;
  if (status < 300) {
    say(true, `Registered as ${trunk.credentials.user}.`);
    await register(0, answer.cseq + 1);
  } else if (status === 401 || status === 403 || status === 407) say(false, `The registrar refuses the credentials (${status}). Check "user" and "password", and whether the carrier wants another "domain" than ${trunk.domain}.`);
  else if (status === 404) say(false, `The registrar knows no account "${trunk.credentials.user}" at ${trunk.domain} (404). Check "user" and "domain".`);
  else if (status === 423) say(false, 'The registrar wants a longer life than "registerExpiresSec" (423): raise it. The server does so by itself.');
  else say(false, `The registrar answers ${status}. Ask the carrier what that means for your account.`);
}

async function tryCall(agent: UserAgent, { trunk, random }: TrialOptions, target: Target, call: { from: string; to: string }, say: (good: boolean, sentence: string) => void): Promise<void> {
  const to = numberUri(trunk, call.to);
  const { from, identity } = writeCaller({ ...trunk, accountUser: trunk.credentials?.user }, call.from, undefined);
  const outcome = await new Promise<'rang' | SipLegEnd>((resolve) => {
    const leg = agent.call({ target, requestUri: to, from, identity, to: { uri: to }, offer: offerFor(trunk, random), ringTimeoutMs: RING_MS, credentials: trunk.credentials }, (event) => {
      if (event.type === 'ended') resolve(event.end);
      if (event.type === 'answered' || (event.type === 'progress' && event.status >= 180)) {
        resolve('rang');
        leg.hangUp();
      }
    });
  });
  // The CANCEL or BYE is on its way; the socket closes after it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (outcome === 'rang') return say(true, `A call from ${call.from} to ${call.to} rings. It was hung up.`);
  say(false, sentenceFor(outcome, call));
}

function sentenceForTls(trouble: TlsTrouble, trunk: TrunkSettings, where: string, code: string | undefined): string {
  const name = trunk.tls.serverName ?? trunk.host;
  switch (trouble) {
    case 'for-another-name':
      return `The certificate at ${where} is not for "${name}". If the carrier says that its certificate is for another name, set "tlsServerName" to that; if not, this may not be the carrier.`;
    case 'unknown-authority':
      return `The certificate at ${where} is not from an authority that this machine trusts. If the carrier gave you its authority's certificate, set "tlsCa" to it.`;
    case 'expired':
      return `The certificate at ${where} has expired or is not valid yet. Check this machine's date first, then ask the carrier for a certificate that is.`;
    case 'wants-our-certificate':
      return `${where} speaks only to clients with a certificate, and the settings have none. Set "tlsCert" and "tlsKey" to what the carrier gave you or has on file.`;
    case 'refuses-our-certificate':
      return `${where} does not accept our certificate (${code}). "tlsCert" must come from the authority the carrier trusts, be on its file, and not have expired.`;
    case 'speaks-no-tls':
      return `Whoever listens at ${where} does not speak TLS. Check "port": 5061 is usual for TLS, 5060 is not.`;
    case 'speaks-other-tls':
      return `${where} and we have no version of TLS, or no cipher, in common. We speak TLS 1.2 and 1.3; ask the carrier to.`;
    case 'nobody-there':
      return `No connection to ${where}: nothing listens there, or a firewall stands between. Check "host" and "port".`;
    case 'unknown':
      return `No TLS connection to ${where}${code === undefined ? '' : ` (${code})`}. Either something else than SIP over TLS listens there, or it ended the connection without saying why: check "port", "tlsServerName", "tlsCa", and whether it wants "tlsCert" and "tlsKey".`;
  }
}

function sentenceFor(end: SipLegEnd, call: { from: string; to: string }): string {
  const status = end.status === undefined ? '' : ` (${end.status})`;
  if (end.kind !== 'refused') return end.kind === 'no-answer' ? `Nothing rang within ${RING_MS / 1_000} s, though the trunk took the call. Ask the carrier to trace it.` : 'The trunk did not answer the call at all. Its firewall may not know this machine, or know it for OPTIONS only: ask the carrier.';
  switch (causeOfRefusal(end)) {
    case 'trunk-refused':
      return end.status === 403
        ? `The trunk refuses the caller id ${call.from} or the destination${status}. The number must be one the carrier knows as yours; or try another "callerIdForm" or "numberForm".`
        : `The trunk refuses the call${status}. Check "user" and "password"; a trunk that knows you by address wants neither.`;
    case 'media-refused':
      return `The trunk and we have no codec or encryption in common${status}. We offer PCMU and PCMA; set "mediaEncryption" to what the trunk demands.`;
    case 'not-in-service':
    case 'number-incomplete':
    case 'number-changed':
      return `The trunk does not know the number ${call.to}${status}. If it exists, the trunk wants numbers written another way: try another "numberForm".`;
    case 'blocked':
      return `A network on the way blocks calls from ${call.from} as unwanted${status}. Ask the carrier to have the number's label cleared, and register it with the analytics companies.`;
    case 'busy':
    case 'no-answer':
    case 'rejected':
      return `The trunk works; the phone called was busy or refused${status}.`;
    case 'network-busy':
    case 'trunk-down':
    case 'cancelled':
    case 'hung-up':
    case 'connection-lost':
      return `The trunk could not carry the call${status}. Try again, then ask the carrier.`;
  }
}
