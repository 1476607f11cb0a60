/** Keeps one WebSocket to the server alive and speaks the signalling messages over it. Decides nothing: the link's machine does, and what a message means is the page's. */
import { type ClientMessage, type ServerMessage, serverMessageSchema, signallingPath } from '#contract/signalling.ts';
import type { DeviceId } from '#contract/ids.ts';
import { type LinkEffect, type LinkEvent, type LinkStop, type SignallingLink, stepSignallingLink, stoppedLink } from './signalling-link-machine.ts';

export type TicketAnswer = { readonly ticket: string } | 'signed-out' | 'unreachable';

export interface SignallingOptions {
  readonly deviceId: DeviceId;
  readonly createTicket: () => Promise<TicketAnswer>;
  /** Whether a call lives or is being dialled. */
  readonly isUrgent: () => boolean;
  readonly onOpened: () => void;
  /** Called once a loss, also where the link will not come back by itself. */
  readonly onLost: () => void;
  readonly onStopped: (why: LinkStop) => void;
  readonly onMessage: (message: ServerMessage) => void;
}

export interface SignallingClient {
  start(): void;
  stop(): void;
  /** Lost without a word where the link is down: whoever sends looks first, and resends after the welcome. */
  send(message: ClientMessage): void;
  /** Asks for a prompt check: a call begins, or the tab is looked at again. */
  nudge(): void;
}

const subProtocol = 'quietline.v1';

function signallingUrl(): string {
  const url = new URL(signallingPath, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function parseMessage(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const parsed = serverMessageSchema.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function createSignallingClient(options: SignallingOptions): SignallingClient {
  let link: SignallingLink = stoppedLink;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ticketing = 0;

  const dispatch = (event: LinkEvent): void => {
    const before = link;
    const step = stepSignallingLink(link, event, { nowMs: performance.now(), random: Math.random(), isUrgent: options.isUrgent() });
    link = step.link;
    for (const effect of step.effects) run(effect);
    if (before.phase === 'open' && (link.phase !== 'open' || step.effects.some((effect) => effect.type === 'close-socket'))) options.onLost();
    if (before.phase !== 'open' && link.phase === 'open') options.onOpened();
    if (before.phase !== 'stopped' && link.phase === 'stopped') options.onStopped(link.why);
  };

  const transmit = (message: ClientMessage): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  const fetchTicket = async (): Promise<void> => {
    const round = ++ticketing;
    const answer = await options.createTicket();
    // A later round has begun: this ticket is nobody's.
    if (round !== ticketing) return;
    if (typeof answer === 'object') dispatch({ type: 'ticket-made', ticket: answer.ticket });
    else dispatch({ type: 'ticket-failed', isSignedOut: answer === 'signed-out' });
  };

  const openSocket = (ticket: string): void => {
    const opened = new WebSocket(signallingUrl(), [subProtocol, `ticket.${ticket}`]);
    socket = opened;
    // A socket that was replaced may still speak; only the present one is listened to.
    const ifCurrent = (event: () => LinkEvent | null): void => {
      if (socket !== opened) return;
      const linkEvent = event();
      if (linkEvent !== null) dispatch(linkEvent);
    };
    opened.addEventListener('open', () => ifCurrent(() => ({ type: 'socket-opened' })));
    opened.addEventListener('close', ({ code }) => ifCurrent(() => ({ type: 'socket-closed', code })));
    opened.addEventListener('message', ({ data }) =>
      ifCurrent(() => {
        const message = parseMessage(data);
        // A newer server may say what this page does not know; what it does know still works.
        if (message !== null) options.onMessage(message);
        return { type: 'heard' };
      }),
    );
  };

  const closeSocket = (): void => {
    const closing = socket;
    socket = null;
    closing?.close(1000);
  };

  const run = (effect: LinkEffect): void => {
    switch (effect.type) {
      case 'fetch-ticket':
        void fetchTicket();
        break;
      case 'open-socket':
        openSocket(effect.ticket);
        break;
      case 'close-socket':
        closeSocket();
        break;
      case 'send-hello':
        transmit({ type: 'hello', deviceId: options.deviceId });
        break;
      case 'send-ping':
        transmit({ type: 'ping' });
        break;
      case 'set-timer':
        clearTimeout(timer);
        timer = setTimeout(() => dispatch({ type: 'timer' }), effect.delayMs);
        break;
      case 'clear-timer':
        clearTimeout(timer);
        break;
    }
  };

  const nudge = (): void => dispatch({ type: 'nudge' });
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') nudge();
  };

  return {
    start() {
      addEventListener('online', nudge);
      addEventListener('pageshow', nudge);
      document.addEventListener('visibilitychange', onVisible);
      dispatch({ type: 'start' });
    },
    stop() {
      removeEventListener('online', nudge);
      removeEventListener('pageshow', nudge);
      document.removeEventListener('visibilitychange', onVisible);
      ticketing += 1;
      dispatch({ type: 'stop' });
    },
    send: transmit,
    nudge,
  };
}
