/** The timer values of RFC 3261 table 4, as amended by RFC 6026, from one T1. */

export interface TimerValues {
  /** Estimate of a round trip. */
  t1Ms: number;
  /** Longest interval between retransmissions of anything but an INVITE. */
  t2Ms: number;
  /** Longest time a message stays in the network. */
  t4Ms: number;
}

export const RFC_TIMERS: TimerValues = { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 };

/** Timer D: "greater than 32 seconds" over UDP (RFC 3261 17.1.1.2), whatever T1. */
export const TIMER_D_MS = 32_000;

export interface TransactionConfig extends TimerValues {
  /** TCP and TLS: nothing is retransmitted and nothing lingers. */
  isReliable: boolean;
  /** Shortened by failover: how long a target may keep silent. 64*T1 where undefined. */
  giveUpMs?: number | undefined;
}
