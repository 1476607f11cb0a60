/** werift as it comes, as a relay: its PeerConnection towards the browser, a plain socket towards the telephone. Told over standard input, one JSON line a call, one back. */
import dgram from 'node:dgram';
import { createInterface } from 'node:readline';
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters } from 'werift';

const pcmu = new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8000, channels: 1, payloadType: 0 });

async function setUp({ browserOffer, phonePort }: { browserOffer: string; phonePort: number }): Promise<object> {
  const phone = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => void phone.bind(0, '127.0.0.1', resolve));
  const peer = new RTCPeerConnection({ codecs: { audio: [pcmu], video: [] }, iceServers: [], iceAdditionalHostAddresses: ['127.0.0.1'], iceUseIpv6: false });
  const track = new MediaStreamTrack({ kind: 'audio' });
  const transceiver = peer.addTransceiver(track, { direction: 'sendrecv' });
  transceiver.onTrack.subscribe((heard) => heard.onReceiveRtp.subscribe((packet) => phone.send(packet.serialize(), phonePort, '127.0.0.1')));
  phone.on('message', (packet) => track.writeRtp(packet));
  await peer.setRemoteDescription({ type: 'offer', sdp: browserOffer.replace('a=rtpmap:126', 'a=rtpmap:0 PCMU/8000\r\na=rtpmap:126') });
  // As the load generator knows the client's part only.
  for (const transport of peer.dtlsTransports) transport.role = 'server';
  await peer.setLocalDescription(await peer.createAnswer());
  return { browserAnswer: peer.localDescription!.sdp, phonePort: phone.address().port };
}

let last = Promise.resolve();
createInterface({ input: process.stdin }).on('line', (line) => {
  last = last.then(async () => void process.stdout.write(`${JSON.stringify(await setUp(JSON.parse(line) as { browserOffer: string; phonePort: number }))}\n`));
});
process.stdin.on('end', () => process.exit(0));
process.stdout.write('ready\n');
