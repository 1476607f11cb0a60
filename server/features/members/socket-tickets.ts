/** Single-use tickets for the signalling socket: a WebSocket sends cookies from any page, a ticket only from one that could read our answer. Kept in memory, since the socket opens at the server that gave it. */
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { createToken } from '#server/platform/crypto/token.ts';
import type { MemberSession } from './sign-in.ts';

export interface SocketTickets {
  issue(session: MemberSession): string;
  /** The session it was given to, once and within 30 s. */
  redeem(ticket: string): MemberSession | undefined;
}

const TICKET_LIFETIME_MS = 30_000;
/** A page needs one at a time; the oldest goes when somebody asks for very many. */
const TICKETS_KEPT = 10_000;

export function createSocketTickets({ clock, random }: { clock: Clock; random: RandomSource }): SocketTickets {
  // In order of issue, so the expired ones are at the front.
  const issued = new Map<string, { session: MemberSession; expiresAt: number }>();
  const forget = (now: number): void => {
    for (const [ticket, { expiresAt }] of issued) {
      if (expiresAt > now && issued.size < TICKETS_KEPT) return;
      issued.delete(ticket);
    }
  };
  return {
    issue(session) {
      forget(clock.monotonic());
      const ticket = createToken(random);
      issued.set(ticket, { session, expiresAt: clock.monotonic() + TICKET_LIFETIME_MS });
      return ticket;
    },
    redeem(ticket) {
      const found = issued.get(ticket);
      issued.delete(ticket);
      return found !== undefined && found.expiresAt > clock.monotonic() ? found.session : undefined;
    },
  };
}
