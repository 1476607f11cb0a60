/** An INVITE as a large carrier sends it through three proxies: 1.9 kB with its session description. */

const SDP = [
  'v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 49170 RTP/AVP 0 8 18 101', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:18 G729/8000', 'a=fmtp:18 annexb=no',
  'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20', 'a=sendrecv', '',
].join('\r\n');

export const LARGE_INVITE = [
  'INVITE sip:+15550100100@trunk.example.com:5060;user=phone SIP/2.0',
  ...[0, 1, 2, 3].map((hop) => `Via: SIP/2.0/UDP 192.0.2.${hop}:5060;branch=z9hG4bK${hop}abcdef0123456789;rport=5060;received=192.0.2.9`),
  ...[0, 1, 2, 3].map((hop) => `Record-Route: <sip:192.0.2.${hop};lr;ftag=abc${hop};did=1f.3a4>`),
  'Max-Forwards: 66', 'From: "Lakeside Clinic" <sip:+15550199199@trunk.example.com;user=phone>;tag=gK0c1a2b3c', 'To: <sip:+15550100100@trunk.example.com;user=phone>', 'Call-ID: 1234567890_abcdef@192.0.2.1', 'CSeq: 102 INVITE',
  'Contact: <sip:+15550199199@192.0.2.1:5060;transport=udp>', 'Allow: INVITE, ACK, CANCEL, BYE, REFER, OPTIONS, NOTIFY, SUBSCRIBE, PRACK, UPDATE, INFO, MESSAGE', 'Supported: timer, 100rel, replaces, path',
  'Accept: application/sdp, application/isup, application/dtmf, application/dtmf-relay, multipart/mixed', 'P-Asserted-Identity: "Lakeside Clinic" <sip:+15550199199@trunk.example.com;user=phone>', 'Privacy: none',
  'Session-Expires: 1800;refresher=uac', 'Min-SE: 90', 'User-Agent: Carrier SBC R9.2', 'X-Carrier-Info: something-long-and-opaque-0123456789abcdef0123456789', 'Diversion: <sip:+15550177177@192.0.2.1>;reason=unconditional;counter=1',
  'P-Charging-Vector: icid-value=abc;icid-generated-at=192.0.2.1', 'Content-Type: application/sdp', `Content-Length: ${SDP.length}`, '', SDP,
].join('\r\n');
