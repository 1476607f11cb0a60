/**
 * The practice carrier: a SIP user agent of its own on loopback, behind which the practice patients live. The server reaches
 * it as it reaches any trunk, by SIP and RTP alone; nothing here leads to a real phone, and nothing said here is kept.
 */
import { join } from 'node:path';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import type { Log } from '#server/platform/logging/log.ts';
import { createUserAgent, type IncomingInvite, type IncomingSipLeg, openRtpEndpoint, type PortRange, type SipLeg, type SipLegEvent } from '#server/telephony/index.ts';
import { practiceInterpreter, practiceOwnPhone, type ListedPatient, practicePatients } from './directory.ts';
import { type PatientCall, startPatientCall } from './patient-call.ts';
import { openVoices } from './voices.ts';

export interface SandboxOptions {
  clock: Clock;
  random: RandomSource;
  log: Log;
  /** Where the recordings lie; beside this file where undefined. */
  voicesFolder?: string;
  /** Who lives there; the whole directory where undefined. */
  patients?: readonly ListedPatient[];
  portRange?: PortRange;
}

export interface Sandbox {
  /** Where the trunk to it leads: UDP, no credentials. */
  readonly trunk: { readonly transport: 'udp'; readonly host: string; readonly port: number };
  /** Who can be called, for the screen. */
  readonly directory: readonly (Pick<ListedPatient, 'number' | 'name' | 'behaviour'> & { readonly callsBack: boolean })[];
  /** Has a patient call a number of the practice, at the server's own port. Resolves to whether they do; what they say there is their script's. */
  callBack(patient: string, to: string, at: { host: string; port: number }): Promise<boolean>;
  /** Whom a practice's calls can bring in. */
  readonly interpreter: Pick<ListedPatient, 'number' | 'name'>;
  /** The number of the phone that stands for each member's own. */
  readonly ownPhone: string;
  callCount(): number;
  /** Hangs every patient up and closes the sockets, once the BYEs are answered or a second has passed. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Below the ports that Linux hands out by itself (32768), away from the engine's. */
const PORT_RANGE: PortRange = { from: 17_000, to: 17_999 };
const CLOSE_PATIENCE_MS = 1000;
const CALL_BACK_RINGS_MS = 30_000;
/** Q.850: unallocated number. */
const UNALLOCATED = 1;

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, random, log } = options;
  const patients = options.patients ?? practicePatients;
  const voices = openVoices(options.voicesFolder ?? join(import.meta.dirname, 'voices'));
  const calls = new Set<PatientCall>();

  const receive = async (invite: IncomingInvite): Promise<void> => {
    const now: { call: PatientCall | undefined; hasEnded: boolean } = { call: undefined, hasEnded: false };
    const leg = invite.take((event: SipLegEvent) => {
      now.call?.onLegEvent(event);
      if (event.type !== 'ended') return;
      now.hasEnded = true;
      if (now.call !== undefined) calls.delete(now.call);
    });
    const patient = [...patients, practiceOwnPhone, practiceInterpreter].find(({ number }) => number === invite.called);
    if (patient === undefined) return leg.reject(404, { reason: { protocol: 'Q.850', cause: UNALLOCATED } });
    if (invite.offer === undefined) return leg.reject(488);
    const endpoint = await openRtpEndpoint({ address: HOST, portRange: options.portRange ?? PORT_RANGE, clock, random });
    if (endpoint === undefined) return leg.reject(503);
    const answer = endpoint.acceptOffer(invite.offer);
    if (now.hasEnded || !answer.ok) {
      endpoint.close();
      return leg.reject(488);
    }
    now.call = startPatientCall({ leg, endpoint, answer: answer.value, script: patient.script, voices, clock });
    calls.add(now.call);
  };

  const agent = await createUserAgent({
    listen: { host: HOST, udpPort: 0 },
    clock,
    random,
    log,
    onInvite: (invite) => {
      receive(invite).catch((cause: unknown) => log.error('sandbox-call-failed', cause));
    },
  });
  const callBack = async (from: string, to: string, { host, port: serverPort }: { host: string; port: number }): Promise<boolean> => {
    const script = patients.find(({ number }) => number === from)?.callBack;
    const endpoint = script === undefined ? undefined : await openRtpEndpoint({ address: HOST, portRange: options.portRange ?? PORT_RANGE, clock, random });
    if (script === undefined || endpoint === undefined) return false;
    const now: { call: PatientCall | undefined } = { call: undefined };
    const leg = agent.call(
      { target: { transport: 'udp', address: host, port: serverPort }, requestUri: `sip:${to}@${host}`, from: { uri: `sip:${from}@${HOST}` }, to: { uri: `sip:${to}@${host}` }, offer: endpoint.createOffer(), ringTimeoutMs: CALL_BACK_RINGS_MS },
      (event) => {
        if (event.type === 'answered' && now.call === undefined && endpoint.acceptAnswer(event.sdp).ok) {
          void endpoint.play({ kind: 'tone', tone: 'comfort', country: 'US' });
          now.call = startPatientCall({ leg: callersLeg(leg), endpoint, answer: '', script, voices, clock });
          calls.add(now.call);
        } else now.call?.onLegEvent(event);
        if (event.type !== 'ended') return;
        if (now.call === undefined) endpoint.close();
        else calls.delete(now.call);
      },
    );
    return true;
  };
  const port = agent.port('udp');
  if (port === undefined) throw new Error('The sandbox carrier has no port.');

  return {
    trunk: { transport: 'udp', host: HOST, port },
    directory: patients.map(({ number, name, behaviour, callBack }) => ({ number, name, behaviour, callsBack: callBack !== undefined })),
    callBack,
    interpreter: { number: practiceInterpreter.number, name: practiceInterpreter.name },
    ownPhone: practiceOwnPhone.number,
    callCount: () => calls.size,
    async close() {
      for (const call of calls) call.hangUp();
      calls.clear();
      const deadlineMs = clock.monotonic() + CLOSE_PATIENCE_MS;
      while (agent.counts().dialogs > 0 && clock.monotonic() < deadlineMs) {
        await new Promise<void>((resolve) => void clock.after(20, resolve));
      }
      agent.close();
    },
  };
}

/** Who called has nothing to answer: scripts of those who call back ring, answer and refuse nothing. */
function callersLeg(leg: SipLeg): IncomingSipLeg {
  const nothing = (): void => {};
  return { reoffer: (sdp) => leg.reoffer(sdp), info: (type, body) => leg.info(type, body), hangUp: (kind) => leg.hangUp(kind), progress: nothing, answer: nothing, reject: nothing };
}
