/** Everything inside the sign-in: the frame, the call engine that outlives every screen, and the call's bar where the stage is not. */
import { useLocation, Outlet } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { SessionView } from '#contract/api.ts';
import { sessionQuery } from '../../api/queries.ts';
import { Frame } from '../../ui/frame.tsx';
import { SandboxStrip } from '../../ui/sandbox-strip.tsx';
import { LockedPage } from '../sign-in/locked-page.tsx';
import { SessionContext } from '../sign-in/use-session.ts';
import { CallBar } from './call-bar.tsx';
import { CallPresence } from './call-presence.tsx';
import { EngineProvider, useEngine } from './engine-context.tsx';
import { LinkNotice } from './link-notice.tsx';
import { callHere } from './page-calls.ts';
import styles from './signed-in-frame.module.css';
import { PhoneNumbersProvider } from './use-phone-numbers.tsx';

export function SignedInFrame({ session: first }: { readonly session: SessionView }) {
  const { data: session = first } = useQuery(sessionQuery);
  useEffect(() => {
    if (session === null) location.replace('/sign-in');
  }, [session]);
  if (session === null) return null;
  return (
    <SessionContext value={session}>
      <PhoneNumbersProvider country={session.practice.country}>
        <EngineProvider>
          <FrameWithCall session={session} />
        </EngineProvider>
      </PhoneNumbersProvider>
    </SessionContext>
  );
}

function FrameWithCall({ session }: { readonly session: SessionView }) {
  // The call screen must be there when the network is not.
  useEffect(() => void import('./call-page.tsx'), []);
  const { calls } = useEngine();
  const isCallScreen = useLocation({ select: ({ pathname }) => pathname === '/call' });
  if (session.isLocked)
    return (
      <div className={styles['locked']}>
        {session.practice.sandbox ? <SandboxStrip /> : null}
        <CallBar isDiscreet />
        <LockedPage isOnCall={callHere(calls) !== null} />
        <CallPresence />
      </div>
    );
  // After the call the phone's tabs come back: the stage is off.
  const look = !isCallScreen ? 'page' : calls.endedCallId === null ? 'stage' : 'after';
  return (
    <Frame
      session={session}
      look={look}
      callBar={
        <>
          <LinkNotice isOfflineSaid={look === 'stage'} />
          {isCallScreen ? null : <CallBar isDiscreet={false} />}
        </>
      }
    >
      <Outlet />
      <CallPresence />
    </Frame>
  );
}
