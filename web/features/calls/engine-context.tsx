/** Gives every screen the call engine, which is loaded after the first paint. Owns its life; draws nothing. */
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { api, isSignedOut } from '../../api/api-client.ts';
import { logChanged } from '../../api/queries.ts';
import type { CallEngine, EngineView } from './call-engine.ts';
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

const emptyView: EngineView = {
  calls: startPageCalls(null, Date.now()),
  media: { verdict: 'setting-up', quality: null, lostShare: null, roundTripMs: null, server: null, report: null, isPlaybackBlocked: false },
  linkStop: null,
};
const noSubscription = (): (() => void) => () => {};

export function EngineProvider({ children }: { readonly children: ReactNode }) {
  const [engine, setEngine] = useState<CallEngine | null>(null);
  const waiting = useRef<PageCallsEvent[]>([]);

  useEffect(() => {
    let isGone = false;
    let started: CallEngine | null = null;
    void loadEngine().then((loaded) => {
      if (isGone) return;
      started = loaded;
      loaded.start();
      for (const event of waiting.current.splice(0)) loaded.ask(event);
      setEngine(loaded);
    });
    return () => {
      isGone = true;
      started?.stop();
    };
  }, []);

  const view = useSyncExternalStore(engine?.subscribe ?? noSubscription, engine?.view ?? (() => emptyView));
  const ask = useCallback(
    (event: PageCallsEvent): void => {
      if (engine === null) waiting.current.push(event);
      else engine.ask(event);
    },
    [engine],
  );
  const value = useMemo(() => ({ ...view, engine, ask }), [view, engine, ask]);
  return <EngineContext value={value}>{children}</EngineContext>;
}

export function useEngine(): Engine {
  const engine = use(EngineContext);
  if (engine === null) throw new Error('useEngine is used outside EngineProvider.');
  return engine;
}
