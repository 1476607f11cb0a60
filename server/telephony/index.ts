/** The telephony door: all that the rest of the server may use of signalling and media. */
export { openRtpEndpoint, type RtpEndpoint, type RtpEndpointOptions } from './media/rtp/rtp-endpoint.ts';
export { decodeG711, encodeG711, type G711Law } from './media/audio/g711-codec.ts';
export { createSampleSource, FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE, type SampleSource } from './media/audio/sample-source.ts';
export type { PortRange } from './media/rtp/rtp-socket-pair.ts';
export type { CallCarrier, IncomingCall, IncomingLeg, LegEnd, OfferResponder, PartyLeg, PartyLegEvent, PlaceRequest, TrunkHealth } from './sip/call-port.ts';
export type { DtmfDigit, MediaEngine, MediaEvent, MediaRefusal, MediaSession, PlaySource, SdesPolicy } from './media/media-port.ts';
export { createEmbeddedMediaEngine, type EmbeddedMediaEngineOptions } from './media/embedded/media-engine.ts';
export type * from './media/media-port.ts';
export { createUserAgent, type AgentAnswer, type OutsideRequest, type UserAgent, type UserAgentOptions } from './sip/agent/user-agent.ts';
export { createDigestClient, createDigestServer, type Credentials, type DigestServer } from './sip/agent/digest.ts';
export type { IncomingInvite } from './sip/agent/incoming-leg.ts';
export type { IncomingSipLeg, RejectOptions, SipLeg, SipLegEnd, SipLegEvent } from './sip/agent/leg.ts';
export { createTokens } from './sip/transactions/tokens.ts';
export { createSipCarrier, type SipCarrier, type SipCarrierOptions } from './sip/carrier/sip-carrier.ts';
export { checkTrunkList, checkTrunkSettings, type TrunkSettings } from './sip/carrier/trunk-settings.ts';
