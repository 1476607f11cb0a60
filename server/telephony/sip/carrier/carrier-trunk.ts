/** One trunk at work: where it is, whether it lives, whether we are registered with it. Knows no call. */
import type { Clock, Timer } from '#server/platform/clock/clock.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { UserAgent } from '../agent/user-agent.ts';
import type { TrunkHealth, TrunkTrouble } from '../call-port.ts';
import type { Tokens } from '../transactions/tokens.ts';
import type { Target } from '../transport/transport-layer.ts';
import { isInRanges, parseRange } from './source-policy.ts';
import type { SourceRange } from './source-policy.ts';
import { tlsTroubleOf } from './tls-trouble-policy.ts';
import type { TlsTrouble } from './tls-trouble-policy.ts';
import { startRegistration } from './trunk-registration.ts';
import type { TrunkRegistration } from './trunk-registration.ts';
import type { TrunkSettings } from './trunk-settings.ts';
import { createTrunkTargets } from './trunk-targets.ts';
import type { NameService } from './trunk-targets.ts';

export interface CarrierTrunk {
  readonly settings: TrunkSettings;
  targets(): Promise<readonly Target[]>;
  accepts(address: string): boolean;
  health(): TrunkHealth;
  /** A call's own experience counts as much as a probe's. */
  noteReachable(target: Target, isReachable: boolean): void;
  start(agent: UserAgent): void;
  stop(): Promise<void>;
}

/** One lost probe is a lost datagram; two are a trunk that is gone. */
const FAILURES_UNTIL_DOWN = 2;
const PROBE_GIVE_UP_MS = 8_000;
/** What its operator is told; scripts/trunk-check tells more. What is undefined is a trunk that is off. */
const TROUBLES: Readonly<Record<TlsTrouble, TrunkTrouble | undefined>> = {
  'for-another-name': 'their-certificate', 'unknown-authority': 'their-certificate', expired: 'their-certificate', 'wants-our-certificate': 'our-certificate', 'refuses-our-certificate': 'our-certificate',
  'speaks-no-tls': 'no-tls', 'speaks-other-tls': 'no-tls', 'nobody-there': undefined, unknown: undefined,
};

export function createCarrierTrunk(options: { settings: TrunkSettings; clock: Clock; log: Log; tokens: Tokens; names: NameService; onHealth(health: TrunkHealth): void }): CarrierTrunk {
  const { settings, clock, log } = options;
  const targets = createTrunkTargets(settings, { clock, names: options.names, draw: (below) => options.tokens.integer(below) });
  const ranges = settings.acceptFrom.map(parseRange).filter((range): range is SourceRange => range !== undefined);
  let state: TrunkHealth['state'] = 'unknown';
  let failures = 0;
  let registration: TrunkRegistration | undefined;
  let probe: Timer | undefined;
  let isStopped = false;
  let isUnresolved = false;
  let tlsTrouble: TrunkTrouble | undefined;

  const health = (): TrunkHealth => ({
    trunk: settings.name,
    state,
    registered: settings.register ? (registration?.isRegistered() ?? false) : undefined,
    trouble: isUnresolved ? 'name-unresolved' : tlsTrouble !== undefined ? tlsTrouble : registration?.isRefused() === true ? 'credentials-refused' : undefined,
  });
  const findTargets = async (): Promise<readonly Target[]> => {
    const found = await targets.find();
    isUnresolved = found.length === 0;
    return found;
  };

  const setState = (next: TrunkHealth['state'], because?: string): void => {
    if (state === next) return;
    state = next;
    log.info('trunk-health', { trunk: settings.name, state, ...(because === undefined ? {} : { reason: because }) });
    options.onHealth(health());
  };
  const note = (isReachable: boolean, because?: string): void => {
    failures = isReachable ? 0 : failures + 1;
    if (isReachable) setState('up');
    else if (failures >= FAILURES_UNTIL_DOWN) setState('down', because);
  };

  const runProbe = async (agent: UserAgent): Promise<void> => {
    const target = (await findTargets())[0];
    if (target === undefined) note(false, 'name-unresolved');
    else {
      const self = `sip:quietline@${settings.domain}`;
      const answer = await agent.request({ method: 'OPTIONS', target, requestUri: `sip:${settings.domain}`, from: { uri: self }, to: { uri: `sip:${settings.domain}` }, giveUpMs: PROBE_GIVE_UP_MS });
      // Any answer of its own shows life, a 404 or 405 too; 503 says that it takes no calls now.
      const isAlive = answer.kind === 'response' && answer.response.status !== 503 && answer.response.status !== 408;
      if (isAlive) targets.noteSuccess(target);
      else targets.noteFailure(target);
      tlsTrouble = settings.transport === 'tls' && answer.kind === 'unreachable' ? TROUBLES[tlsTroubleOf(answer.because, settings.tls.cert !== undefined)] : undefined;
      note(isAlive, answer.kind === 'unreachable' ? answer.because : answer.kind);
    }
    // A trunk that is down is asked more often, so that its return is seen soon.
    const restMs = state === 'up' ? settings.optionsIntervalSec * 1_000 : Math.min(settings.optionsIntervalSec * 1_000, 5_000);
    if (!isStopped) probe = clock.after(restMs, () => void runProbe(agent));
  };

  return {
    settings,
    targets: () => targets.find(),
    accepts: (address) => targets.knownAddresses().has(address) || isInRanges(address, ranges),
    health,
    noteReachable(target, isReachable) {
      if (isReachable) targets.noteSuccess(target);
      else targets.noteFailure(target);
      note(isReachable);
    },
    start(agent) {
      // Calls from the trunk may come before the first one to it.
      void targets.find();
      if (settings.register) {
        registration = startRegistration({
          agent, trunk: settings, clock, log, tokens: options.tokens,
          findTarget: async () => (await findTargets())[0],
          onHeard(target, isHeard) {
            if (isHeard) targets.noteSuccess(target);
            else targets.noteFailure(target);
          },
          onChange(isRegistered) {
            log.info('trunk-registration', { trunk: settings.name, registered: isRegistered });
            if (isRegistered) note(true);
            options.onHealth(health());
          },
        });
      }
      if (settings.optionsIntervalSec > 0) void runProbe(agent);
    },
    async stop() {
      isStopped = true;
      probe?.cancel();
      await registration?.stop();
    },
  };
}
