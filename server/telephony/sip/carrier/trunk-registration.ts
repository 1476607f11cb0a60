/** Keeps one trunk's registration alive (RFC 3261 10): refresh before its end, 423, another try after a loss, an end on closing. */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { createDigestClient } from '../agent/digest.ts';
import type { UserAgent } from '../agent/user-agent.ts';
import { paramOf, parseNameAddress, parseSeconds, splitAll } from '../messages/header-values-codec.ts';
import { headerOf, headersOf } from '../messages/message.ts';
import type { SipResponse } from '../messages/message.ts';
import { parseSipUri } from '../messages/uri-codec.ts';
import type { Tokens } from '../transactions/tokens.ts';
import type { Target } from '../transport/transport-layer.ts';
import type { TrunkSettings } from './trunk-settings.ts';

export interface TrunkRegistration {
  isRegistered(): boolean;
  /** The registrar's last word was that it does not take this user with this password. */
  isRefused(): boolean;
  /** Takes the binding back; waits no longer than the transaction does. */
  stop(): Promise<void>;
}

export interface TrunkRegistrationOptions {
  agent: UserAgent;
  trunk: TrunkSettings;
  clock: Clock;
  log: Log;
  tokens: Tokens;
  findTarget(): Promise<Target | undefined>;
  /** Whether a server answered at all: the next attempt goes to another where it did not. */
  onHeard(target: Target, isHeard: boolean): void;
  onChange(isRegistered: boolean): void;
}

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 120_000;
const SPREAD_MS = 1_000;
/** A connection that lasted so long was not closed by habit. */
const LASTING_MS = 10_000;
const MOST_HURRIED = 2;

export function startRegistration(options: TrunkRegistrationOptions): TrunkRegistration {
  const { agent, trunk, clock, log } = options;
  const digest = trunk.credentials === undefined ? undefined : createDigestClient(trunk.credentials, options.tokens);
  const callId = agent.newCallId();
  const account = `sip:${trunk.credentials?.user ?? ''}@${trunk.domain}`;
  let cseq = 0;
  let expiresSec = trunk.registerExpiresSec;
  let isRegistered = false;
  let isRefused = false;
  let isStopped = false;
  let failures = 0;
  let registeredMs = 0;
  /** Connections lost one after the other soon after they had brought a registration. */
  let hurried = 0;
  let timer: Timer | undefined;

  const report = (next: boolean): void => {
    if (isRegistered === next) return;
    isRegistered = next;
    options.onChange(next);
  };

  const register = async (seconds: number): Promise<SipResponse | undefined> => {
    const target = await options.findTarget();
    if (target === undefined) return undefined;
    const answer = await agent.request({
      method: 'REGISTER', target, requestUri: `sip:${trunk.domain}`, from: { uri: account }, to: { uri: account }, callId, cseq: cseq + 1, expiresSec: seconds, digest, onConnectionLost,
    });
    options.onHeard(target, answer.kind === 'response');
    if (answer.kind !== 'response') {
      cseq += 3;
      return undefined;
    }
    cseq = answer.cseq;
    contact = answer.contactUri;
    return answer.response;
  };
  let contact = '';

  const run = async (): Promise<void> => {
    const response = await register(expiresSec);
    if (isStopped) return;
    // Challenged again after an answer, or forbidden (RFC 3261 22.2, 21.4.4). What was lost says nothing of the password.
    if (response !== undefined) isRefused = response.status === 401 || response.status === 403 || response.status === 407;
    if (response !== undefined && response.status < 300) {
      failures = 0;
      registeredMs = clock.monotonic();
      const grantedSec = grantedExpires(response, contact) ?? expiresSec;
      report(true);
      // A fifth of the life is left for a refresh that goes wrong.
      schedule(Math.max(5_000, grantedSec * 800));
      return;
    }
    if (response?.status === 423) {
      const leastSec = parseSeconds(headerOf(response, 'min-expires') ?? '');
      // RFC 3261 10.2.8: the same again with what the registrar asks for.
      if (leastSec !== undefined && leastSec > expiresSec && leastSec <= 86_400) {
        expiresSec = leastSec;
        return run();
      }
    }
    failures++;
    log.warn('trunk-registration-failed', { trunk: trunk.name, status: response?.status });
    report(false);
    const retryAfterSec = response === undefined ? undefined : parseSeconds(headerOf(response, 'retry-after') ?? '');
    const backOffMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10));
    // RFC 5626 4.5: spread, so that a registrar's return is not its next fall.
    schedule(Math.max((retryAfterSec ?? 0) * 1_000, backOffMs / 2 + options.tokens.integer(backOffMs / 2)));
  };

  /** RFC 5626 4.2 and 4.5: calls came to us by that connection. Spread, as all that were cut off with us come back at once. */
  const onConnectionLost = (): void => {
    if (!isRegistered || isStopped) return;
    // A registrar that closes every connection after its answer would be asked for ever.
    hurried = clock.monotonic() - registeredMs < LASTING_MS ? hurried + 1 : 0;
    if (hurried <= MOST_HURRIED) schedule(options.tokens.integer(SPREAD_MS));
  };

  const schedule = (afterMs: number): void => {
    timer?.cancel();
    timer = clock.after(afterMs, () => void run());
  };

  void run();

  return {
    isRegistered: () => isRegistered,
    isRefused: () => isRefused,
    async stop() {
      isStopped = true;
      timer?.cancel();
      if (isRegistered) await register(0);
      isRegistered = false;
    },
  };
}

/** RFC 3261 10.2.4: our own binding among all of the account's, by host and port; its expires, else the header's. */
export function grantedExpires(response: SipResponse, contact: string): number | undefined {
  const ours = parseSipUri(contact);
  const fallback = parseSeconds(headerOf(response, 'expires') ?? '');
  for (const value of splitAll(headersOf(response, 'contact'))) {
    const address = parseNameAddress(value);
    const uri = address === undefined ? undefined : parseSipUri(address.uri);
    if (address === undefined || uri === undefined || ours === undefined) continue;
    if (uri.host.toLowerCase() !== ours.host.toLowerCase() || (uri.port ?? 5060) !== (ours.port ?? 5060) || uri.user !== ours.user) continue;
    return parseSeconds(paramOf(address.params, 'expires') ?? '') ?? fallback;
  }
  return fallback;
}
