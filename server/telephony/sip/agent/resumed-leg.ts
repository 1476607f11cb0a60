/** A leg that another process held until it was killed: the same dialog, with new media offered in a re-INVITE. Refuses nothing and places nothing; the session machine does the rest. */
import { startSession } from '../dialogs/session-machine.ts';
import type { Flow } from '../transport/flow.ts';
import type { Target } from '../transport/transport-layer.ts';
import type { AgentCore, DialogRecord, DialogSecret } from './agent-core.ts';
import { createDialogSession } from './dialog-session.ts';
import type { DialogSession } from './dialog-session.ts';
import type { DigestClient } from './digest.ts';
import type { SipLeg, SipLegEvent } from './leg.ts';

export interface ResumedCall {
  record: DialogRecord;
  secret: DialogSecret;
  target: Target;
  offer: string;
  digest: DigestClient | undefined;
}

/** Refreshes and holds have counted on since the dialog was written down; a gap is allowed (RFC 3261 12.2.2), a step back is not. */
export const LEFT_CSEQ_GAP = 100_000;

export function createResumedLeg(core: AgentCore, call: ResumedCall, emit: (event: SipLegEvent) => void): SipLeg {
  const { record, secret } = call;
  let session: DialogSession | undefined;
  let isUnwanted = false;
  const begin = (flow: Flow): void => {
    session = createDialogSession({
      core, flow, digest: call.digest, emit, timer: secret.timer, label: record.label,
      dialog: { callId: record.callId, localTag: record.localTag, remoteTag: record.remoteTag, local: secret.local, remoteValue: secret.remoteValue, localCSeq: record.cseq + LEFT_CSEQ_GAP, remoteCSeq: undefined, remoteTarget: secret.target, routes: record.routes },
      session: startSession({ isCaller: secret.isCaller, theirs: 'idle', localSdp: call.offer, remoteSdp: undefined, peerAllowsUpdate: secret.peerAllowsUpdate }),
    });
    if (isUnwanted) session.feed({ type: 'hang-up', cause: 'hung-up' });
    else session.feed({ type: 'reoffer', offer: call.offer });
  };
  core.transports.open(call.target).then(begin, () => emit({ type: 'ended', end: { by: 'network', kind: 'connection-lost', status: undefined, q850: undefined, reasonStatus: undefined, reasonText: undefined } }));
  return {
    reoffer: (sdp) => session?.feed({ type: 'reoffer', offer: sdp }),
    info: (contentType, body, onOver) => (session === undefined ? onOver?.(undefined) : session.info(contentType, body, onOver)),
    hangUp(kind = 'hung-up') {
      isUnwanted = true;
      session?.feed({ type: 'hang-up', cause: kind === 'cancelled' ? 'hung-up' : kind });
    },
  };
}
