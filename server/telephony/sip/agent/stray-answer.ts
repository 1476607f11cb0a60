/**
 * A 200 to an INVITE that nobody here remembers: a fork's after its time, or the answer to a call that a killed process was placing. A patient
 * has picked up, and hears nothing: acknowledged and ended at once (RFC 3261 13.2.2.4), not left to the trunk's half a minute. Decides nothing else.
 */
import { addressRequest, openAsCaller } from '../dialogs/dialog-machine.ts';
import { cseqOf, fromOf, fromTagOf, toTagOf } from '../messages/message-parts.ts';
import { headerOf } from '../messages/message.ts';
import type { SipResponse } from '../messages/message.ts';
import { buildRequest } from '../messages/outgoing-message.ts';
import type { TransactionLayer } from '../transactions/transaction-layer.ts';
import type { Flow } from '../transport/flow.ts';

/** Repeats of one answer get their ACK again, and no second BYE. */
const REMEMBERED = 256;

export function createStrayEnder(transactions: () => TransactionLayer): (response: SipResponse, flow: Flow) => void {
  const ended = new Set<string>();
  return (response, flow) => {
    const [callId, localTag, remoteTag, cseq, local] = [headerOf(response, 'call-id'), fromTagOf(response), toTagOf(response), cseqOf(response)?.number, fromOf(response)?.uri];
    if (callId === undefined || localTag === undefined || remoteTag === undefined || cseq === undefined || local === undefined || headerOf(response, 'contact') === undefined) return;
    const dialog = openAsCaller({ callId, localTag, local: { uri: local }, cseq, requestUri: '' }, response);
    if (dialog === undefined) return;
    const { uri, routes } = addressRequest(dialog);
    const request = { uri, routes, from: { uri: local, tag: localTag }, to: { remoteValue: dialog.remoteValue }, callId };
    transactions().sendAck(buildRequest({ ...request, method: 'ACK', cseq }), flow);
    const key = `${callId} ${localTag} ${remoteTag}`;
    if (ended.has(key)) return;
    ended.add(key);
    for (const oldest of ended) {
      if (ended.size <= REMEMBERED) break;
      ended.delete(oldest);
    }
    transactions().request(buildRequest({ ...request, method: 'BYE', cseq: cseq + 1 }), flow, { onResponse: () => {}, onFailure: () => {} });
  };
}
