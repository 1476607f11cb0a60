/** Everything inside the sign-in: the frame, the call engine that outlives every screen, and the call's bar where the stage is not. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { SessionView } from '#contract/api.ts';
import { firstScreenStands } from '../../api/first-screen.ts';
import { queryClient, sessionQuery } from '../../api/queries.ts';
import { usePath } from '../../router/address.ts';
import { Frame } from '../../ui/frame.tsx';
import { SandboxStrip } from '../../ui/sandbox-strip.tsx';
import { AtHand } from '../at-hand/at-hand.tsx';
import { UpdateNotice } from '../at-hand/update-notice.tsx';
import { useLineMarks } from '../lines/use-line-marks.ts';
import { resumeUnsaved } from '../notes/note-keeper.ts';
import { LockedPage } from '../sign-in/locked-page.tsx';
import { SessionContext } from '../sign-in/use-session.ts';
import { leaveEnded } from '../sign-in/way-out.ts';
import { CallBar } from './call-bar.tsx';
import { CallPresence } from './call-presence.tsx';
import { EngineProvider, useEngine } from './engine-context.tsx';
import { LinkNotice } from './link-notice.tsx';
import { callHere } from './page-calls.ts';
import styles from './signed-in-frame.module.css';
import { PhoneNumbersProvider } from './use-phone-numbers.tsx';

export function SignedInFrame({ session: first, children }: { readonly session: SessionView; readonly children: ReactNode }) {
  const { data: session = first } = useQuery(sessionQuery);
  useEffect(() => {
    if (session === null) void leaveEnded();
  }, [session]);
  if (session === null) return null;
  return (
    <SessionContext value={session}>
      <PhoneNumbersProvider country={session.practice.country}>
        <EngineProvider>
          <FrameWithCall session={session}>{children}</FrameWithCall>
        </EngineProvider>
      </PhoneNumbersProvider>
    </SessionContext>
  );
}

function FrameWithCall({ session, children }: { readonly session: SessionView; readonly children: ReactNode }) {
  // The call screen, and what the other screens say, must be there when the network is not.
  useEffect(() => {
    void firstScreenStands().then(() => Promise.all([import('./call-page.tsx'), import('../../messages/all-words.ts')]));
  }, []);
  useEffect(() => {
    resumeUnsaved();
    addEventListener('online', resumeUnsaved);
    return () => removeEventListener('online', resumeUnsaved);
  }, []);
  const { calls, linkStop } = useEngine();
  // Ended elsewhere: the page is led out now, and not only when it asks next.
  useEffect(() => {
    if (linkStop === 'signed-out') void queryClient.invalidateQueries({ queryKey: ['session'] });
  }, [linkStop]);
  const marks = useLineMarks(session);
  const isCallScreen = usePath() === '/call';
  if (session.isLocked)
    return (
      <div className={styles['locked']}>
        {session.practice.sandbox ? <SandboxStrip /> : null}
        <CallBar isDiscreet />
        <LockedPage isOnCall={callHere(calls) !== null} />
        <CallPresence isLocked />
      </div>
    );
  // After the call the phone's tabs come back: the stage is off.
  const look = !isCallScreen ? 'page' : calls.endedCallId === null ? 'stage' : 'after';
  return (
    <Frame
      session={session}
      look={look}
      marks={marks}
      callBar={
        <>
          <LinkNotice isOfflineSaid={look === 'stage'} />
          {/* Not where a call has just ended: it would push the note from under the thumb. */}
          {isCallScreen ? null : <UpdateNotice />}
          {isCallScreen ? null : <CallBar isDiscreet={false} />}
        </>
      }
    >
      {children}
      <CallPresence />
      <AtHand />
    </Frame>
  );
}
