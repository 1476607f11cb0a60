/** Everything inside the sign-in: the frame, the call engine that outlives every screen, and the call's bar where the stage is not. */
import { useLocation, Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { SessionView } from '#contract/api.ts';
import { Frame } from '../../ui/frame.tsx';
import { SessionContext } from '../sign-in/use-session.ts';
import { CallBar } from './call-bar.tsx';
import { CallPresence } from './call-presence.tsx';
import { EngineProvider, useEngine } from './engine-context.tsx';
import { LinkNotice } from './link-notice.tsx';
import { PhoneNumbersProvider } from './use-phone-numbers.tsx';

export function SignedInFrame({ session }: { readonly session: SessionView }) {
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
  // After the call the phone's tabs come back: the stage is off.
  const look = !isCallScreen ? 'page' : calls.endedCallId === null ? 'stage' : 'after';
  return (
    <Frame
      session={session}
      look={look}
      callBar={
        <>
          <LinkNotice isOfflineSaid={look === 'stage'} />
          {isCallScreen ? null : <CallBar />}
        </>
      }
    >
      <Outlet />
      <CallPresence />
    </Frame>
  );
}
