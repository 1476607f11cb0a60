/** Gives every screen the call engine, which is loaded once the first screen stands, and at once for a call. Owns its life; draws nothing. */
import { createContext, type ReactNode, startTransition, use, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { api, isSignedOut } from '../../api/api-client.ts';
import { firstScreenStands } from '../../api/first-screen.ts';
import { logChanged } from '../../api/queries.ts';
import type { CallEngine, EngineView } from './call-engine.ts';
import { carriedKey } from './device-memory.ts';
import { type PageCallsEvent, startPageCalls } from './page-calls.ts';
import type { TicketAnswer } from './signalling-client.ts';

export interface Engine extends EngineView {
  /** Null until it is loaded; what is asked before then is done at once after. */
  readonly engine: CallEngine | null;
  readonly ask: (event: PageCallsEvent) => void;
}

const EngineContext = createContext<Engine | null>(null);

async function createTicket(): Promise<TicketAnswer> {
  try {
    return await api.session.createSocketTicket();
  } catch (error) {
    return isSignedOut(error) ? 'signed-out' : 'unreachable';
  }
}

async function loadEngine(): Promise<CallEngine> {
  const [{ createCallEngine }, { claimDeviceId }] = await Promise.all([import('./call-engine.ts'), import('./device-id.ts')]);
  return createCallEngine({ ...(await claimDeviceId()), createTicket, fetchRelays: () => api.relays.issue(), onLogChanged: logChanged });
}

/** A refresh amid a call, or the call's own screen: nothing comes before the call. */
const isCallDue = (): boolean => location.pathname === '/call' || sessionStorage.getItem(carriedKey) !== null;

const emptyView: EngineView = {
  calls: startPageCalls(null, Date.now()),
  media: { verdict: 'setting-up', quality: null, lostShare: null, roundTripMs: null, server: null, report: null, isPlaybackBlocked: false },
  linkStop: null,
};
const noSubscription = (): (() => void) => () => {};

export function EngineProvider({ children }: { readonly children: ReactNode }) {
  const [engine, setEngine] = useState<CallEngine | null>(null);
  const waiting = useRef<PageCallsEvent[]>([]);
  const wake = useRef<() => void>(() => {});
  /** Known before it is drawn: what is asked for in between must reach it, too. */
  const running = useRef<CallEngine | null>(null);

  useEffect(() => {
    let isGone = false;
    const load = async (): Promise<void> => {
      const asked = new Promise<void>((resolve) => {
        wake.current = resolve;
      });
      // Whatever was asked for in the meantime needs it now.
      if (!isCallDue() && waiting.current.length === 0) await Promise.race([firstScreenStands(), asked]);
      const loaded = await loadEngine();
      if (isGone) return;
      running.current = loaded;
      loaded.start();
      for (const event of waiting.current.splice(0)) loaded.ask(event);
      // Every screen is drawn anew with it: in small steps.
      startTransition(() => setEngine(loaded));
    };
    void load();
    return () => {
      isGone = true;
      running.current?.stop();
      running.current = null;
    };
  }, []);

  const view = useSyncExternalStore(engine?.subscribe ?? noSubscription, engine?.view ?? (() => emptyView));
  const ask = useCallback(
    (event: PageCallsEvent): void => {
      if (running.current !== null) return running.current.ask(event);
      waiting.current.push(event);
      wake.current();
    },
    [],
  );
  const value = useMemo(() => ({ ...view, engine, ask }), [view, engine, ask]);
  return <EngineContext value={value}>{children}</EngineContext>;
}

export function useEngine(): Engine {
  const engine = use(EngineContext);
  if (engine === null) throw new Error('useEngine is used outside EngineProvider.');
  return engine;
}
