/**
 * One call in one rtpengine: offers and answers between its tags, each a leg's far end or our own end of it. Knows the words of
 * the ng protocol; keeps no state but the call's name.
 */
import { assertNever, ok, refused, type Result } from '#contract/result.ts';
import type { Log } from '#server/platform/logging/log.ts';
import type { MediaRefusal, Sdp, SdesPolicy } from '../media-port.ts';
import { dictionariesAt, dictionaryAt, numberAt, textAt, type NgDictionary } from './ng-codec.ts';
import type { NgInstance } from './ng-instance.ts';

/** Who stands behind a tag: we ourselves, a browser, or a telephone under its trunk's word on protection. */
export type NgSide = 'us' | 'device' | { readonly sdes: SdesPolicy };

export interface NgEnd {
  readonly tag: string;
  readonly side: NgSide;
}

/** An offer goes from its offerer to the other end, and the answer the other way: both name the offerer first. */
export interface Exchange {
  readonly from: NgEnd;
  readonly to: NgEnd;
  readonly sdp: Sdp;
}

export interface NgCall {
  /** What rtpengine says in the offerer's place. */
  offer(exchange: Exchange): Promise<Result<Sdp, MediaRefusal>>;
  /** What it says in the answerer's place. */
  answer(exchange: Exchange): Promise<Result<Sdp, MediaRefusal>>;
  /** While blocked, nothing that a tag sends goes anywhere. */
  setBlocked(tag: string, isBlocked: boolean): Promise<void>;
  /** RTP packets received from each tag so far; undefined where the call is gone. */
  countReceived(): Promise<ReadonlyMap<string, number> | undefined>;
  removeTag(tag: string): void;
  remove(): void;
}

/** Logical interfaces of the rtpengine, where it has several: `--interface=browsers/203.0.113.5` and so on. */
export interface NgInterfaces {
  readonly device: string;
  readonly party: string;
  readonly us: string;
}

const PLAIN: NgDictionary = { ICE: 'remove', DTLS: 'off', 'rtcp-mux': ['demux'], 'transport-protocol': 'RTP/AVP' };
/** The one suite of ours (RFC 4568 6.2). */
const KEYS = ['only-AES_CM_128_HMAC_SHA1_80', 'pad'];

/** How a description is written for whoever gets it. */
function wordsFor(side: NgSide): NgDictionary {
  if (side === 'us') return PLAIN;
  if (side === 'device') return { ICE: 'force', DTLS: 'passive', SDES: ['off'], 'rtcp-mux': ['accept'], 'transport-protocol': 'UDP/TLS/RTP/SAVPF' };
  switch (side.sdes) {
    case 'off': return PLAIN;
    // RFC 8643: keys beside RTP/AVP, for who will take them.
    case 'optional': return { ...PLAIN, OSRTP: ['offer'], SDES: KEYS };
    case 'required': return { ...PLAIN, 'transport-protocol': 'RTP/SAVP', SDES: KEYS };
    default: return assertNever(side.sdes);
  }
}

/** A third party's packets are neither forwarded nor answered; addresses are the description's, and for a browser ICE's. */
const FLAGS = ['trust-address', 'strict-source'];
/**
 * Between two far ends nothing of the one may reach the other but what was said: rtpengine's own reports, and streams with numbers
 * of its own, which it makes where it is ready to put keys into them.
 */
const APART: NgDictionary = { flags: [...FLAGS, 'inject-DTMF'], 'generate RTCP': 'on' };

export function openNgCall({ callId, instance, interfaces, keepsNumbers = false, log }: { callId: string; instance: NgInstance; interfaces: NgInterfaces | undefined; /** For benches alone: packets of one far end reach the other as they came. */ keepsNumbers?: boolean; log: Log }): NgCall {
  const ask = async (command: string, content: NgDictionary): Promise<Result<NgDictionary, MediaRefusal>> => {
    const answer = await instance.ask({ command, 'call-id': callId, ...content });
    if (answer === undefined) return refused('engine-unavailable');
    const result = textAt(answer, 'result');
    if (result === 'ok') return ok(answer);
    if (result === 'load limit') return refused('overloaded');
    log.warn('rtpengine-refused', { command, reason: textAt(answer, 'error-reason') ?? 'none given' });
    return refused('engine-unavailable');
  };

  const describe = async (command: 'offer' | 'answer', { from, to, sdp }: Exchange, receiver: NgEnd, more: NgDictionary): Promise<Result<Sdp, MediaRefusal>> => {
    const text = Buffer.from(sdp, 'utf8').toString('latin1');
    const answer = await ask(command, { 'from-tag': from.tag, 'to-tag': to.tag, sdp: text, replace: ['origin'], flags: FLAGS, supports: ['load limit'], ...wordsFor(receiver.side), ...(keepsNumbers || from.side === 'us' || to.side === 'us' ? {} : APART), ...more });
    if (!answer.ok) return answer;
    const described = textAt(answer.value, 'sdp');
    return described === undefined ? refused('engine-unavailable') : ok(described);
  };

  return {
    offer: (exchange) =>
      describe('offer', exchange, exchange.to, {
        // We wait for the browser's checks, as ever: it may stand behind any number of walls.
        'ICE-lite': exchange.from.side === 'device' ? 'backward' : 'off',
        // What goes through untouched; anything else would be converted at many times the cost.
        codec: { strip: ['all'], offer: ['PCMU', 'PCMA', 'telephone-event'] },
        ...(interfaces === undefined ? {} : { direction: [interfaceOf(interfaces, exchange.from.side), interfaceOf(interfaces, exchange.to.side)] }),
      }),
    answer: (exchange) => describe('answer', exchange, exchange.from, {}),
    async setBlocked(tag, isBlocked) {
      await ask(isBlocked ? 'block media' : 'unblock media', { 'from-tag': tag });
    },
    async countReceived() {
      const answer = await ask('query', {});
      if (!answer.ok) return undefined;
      const tags = dictionaryAt(answer.value, 'tags') ?? {};
      return new Map(Object.keys(tags).map((tag) => [tag, packetsOf(dictionaryAt(tags, tag) ?? {})]));
    },
    removeTag: (tag) => void ask('delete', { 'from-tag': tag, 'delete delay': 0 }),
    remove: () => void ask('delete', { 'delete delay': 0 }),
  };
}

const interfaceOf = (interfaces: NgInterfaces, side: NgSide): string => (side === 'us' ? interfaces.us : side === 'device' ? interfaces.device : interfaces.party);

/** The first stream of a media section is its RTP. */
function packetsOf(tag: NgDictionary): number {
  const [media] = dictionariesAt(tag, 'medias');
  const [stream] = media === undefined ? [] : dictionariesAt(media, 'streams');
  return (stream === undefined ? undefined : numberAt(dictionaryAt(stream, 'stats') ?? {}, 'packets')) ?? 0;
}
