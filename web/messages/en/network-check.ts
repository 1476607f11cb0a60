/** The sentences of the network check, in English: what a network lets through, how a call will sound, what to do. Part of the tree in en.ts. */
import type { AudioPath } from '#contract/call-audio.ts';
import type { NetworkCheckFailure, NetworkSound, NetworkWay } from '../../features/calls/network-check-policy.ts';

const figures = (lostPerHundred: number, roundTripMs: number | null): string => `${lostPerHundred === 0 ? 'Nothing lost' : `${lostPerHundred} in 100 packets lost`}${roundTripMs === null ? '' : `, ${roundTripMs} ms to the server`}.`;

export const enNetworkCheck = {
  title: 'Check your network',
  text: 'Takes a few seconds. Nobody is rung.',
  check: 'Check',
  again: 'Check again',
  running: 'Trying the ways to the server',
  runningText: (open: number, of: number) => `${open} of ${of} tried.`,
  ways: {
    direct: 'Calls go straight through.',
    'direct-tcp': 'This network blocks calls over UDP; your call goes over TCP: expect a little delay.',
    relayed: 'This network blocks the straight way; your call goes through the relay.',
    'relayed-web': 'This network blocks calls over UDP; your call goes through the relay: expect a little delay.',
    'no-way': 'This network lets no call through.',
    'no-way-no-relay': 'This network lets no call through.',
  } satisfies Record<NetworkWay, string>,
  next: {
    'no-way': 'Use another network, such as your phone’s hotspot, then check again.',
    'no-way-no-relay': 'Use another network, such as your phone’s hotspot. Whoever runs Quietline here can set up a relay for networks like this one.',
  },
  sounds: {
    good: () => 'It will sound clear.',
    lossy: () => 'It loses packets: most is restored, and some words may sound rough. Nearer to the Wi-Fi, or by cable, is better.',
    bad: () => 'It loses too much: words will go missing. Use another network, or call when it is better.',
    late: () => 'Your voice will arrive late: leave pauses. Another network may be nearer.',
    unsteady: () => 'It is unsteady: your voice is held back a little, to stay whole.',
  } satisfies Record<NetworkSound, () => string>,
  figures,
  details: 'What was tried',
  paths: {
    udp: 'Straight, over UDP',
    tcp: 'Straight, over TCP',
    'relay-udp': 'Through the relay, over UDP',
    'relay-tcp': 'Through the relay, over TCP',
    'relay-tls': 'Through the relay, over TLS',
  } satisfies Record<AudioPath, string>,
  trials: { trying: 'being tried', open: 'open', blocked: 'blocked' },
  noRelay: 'There is no relay here to try.',
  failures: {
    'server-out-of-reach': { title: 'The server does not answer.', text: 'Check that this device has a network, then check again.' },
    'server-busy': { title: 'The server is busy.', text: 'It carries as many calls as it may; check again in a minute.' },
    'browser-cannot': { title: 'This browser could not be checked.', text: 'Reload the page, or use another browser, then check again.' },
  } satisfies Record<NetworkCheckFailure, { readonly title: string; readonly text: string }>,
  section: { title: 'Sound and network', text: 'Before an important call: does the microphone hear you, and does the network carry a call?', microphone: 'Microphone', network: 'Network' },
} as const;
