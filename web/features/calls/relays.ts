/** This page's credentials for the installation's relays, fetched before they are needed: a dial never waits for them. Knows no connection. */
import type { Relay } from '#contract/relays.ts';

export interface Relays {
  /** What is known now: none is no reason not to dial. */
  current(): readonly Relay[];
  /** What is known once the fetch under way, if there is one, has ended: for whoever can wait. */
  settled(): Promise<readonly Relay[]>;
  /** Fetches them where they are missing or in the second half of their life; costs nothing otherwise. */
  renew(): void;
}

const RETRY_AFTER_MS = 10_000;

export type FetchRelays = () => Promise<{ readonly relays: readonly Relay[]; readonly goodForMs: number }>;

export function createRelays(fetchRelays: FetchRelays, now: () => number): Relays {
  let relays: readonly Relay[] = [];
  let renewAtMs = 0;
  let fetching: Promise<void> | null = null;

  const fetchThem = async (): Promise<void> => {
    try {
      const issued = await fetchRelays();
      relays = issued.relays;
      renewAtMs = now() + issued.goodForMs / 2;
    } catch {
      // The old ones outlive their time by a call's length: there is no hurry.
      renewAtMs = now() + RETRY_AFTER_MS;
    } finally {
      fetching = null;
    }
  };

  return {
    current: () => relays,
    async settled() {
      await fetching;
      return relays;
    },
    renew() {
      if (fetching === null && now() >= renewAtMs) fetching = fetchThem();
    },
  };
}
