/** Calls, the home screen: what was, and whom to call next. On a phone the dial sheet lies over the list and can be lowered. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Grip } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { practicePatientsQuery, recentCallsQuery, type LogFilter } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { useFragment } from '../../router/address.ts';
import { isTyping } from '../../ui/is-typing.ts';
import { Waiting } from '../../ui/load-states.tsx';
import { phoneWidth, useMediaQuery } from '../../ui/use-media-query.ts';
import { useTitle } from '../../ui/use-title.ts';
import { DiscreetSwitch } from '../at-hand/discreet-switch.tsx';
import { SearchButton } from '../at-hand/search-button.tsx';
import { DueSteps } from '../call-log/due-steps.tsx';
import { LogFilters } from '../call-log/log-filters.tsx';
import { useSession } from '../sign-in/use-session.ts';
import styles from './calls-page.module.css';
import { DialPane } from './dial-pane.tsx';
import { FirstCall } from './first-call.tsx';
import { keypadState, setKeypad, startOfTyping, useKeypad } from './keypad-store.ts';
import { dialableFromPaste, insertKey, removeBefore, wholeNumber } from './number-typing-policy.ts';
import { PracticePatients } from './practice-patients.tsx';
import { RecentCalls } from './recent-calls.tsx';
import { isCallSought } from './use-sought-call.ts';

/** After the first paint: most days nobody has left anything. */
const VoicemailNotice = lazy(async () => ({ default: (await import('../voicemail/voicemail-notice.tsx')).VoicemailNotice }));
const ReadySteps = lazy(async () => ({ default: (await import('../set-up/ready-steps.tsx')).ReadySteps }));
const EndingNotes = lazy(async () => ({ default: (await import('../notes/ending-notes.tsx')).EndingNotes }));
const VoicemailInbox = lazy(async () => ({ default: (await import('../voicemail/voicemail-inbox.tsx')).VoicemailInbox }));

/** Digits typed, and numbers pasted, anywhere on the screen go to the keypad. */
function useTypingAnywhere(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || keypadState().stopped !== null) return;
      const number = startOfTyping();
      if (/^[0-9*#+]$/.test(event.key)) setKeypad({ number: insertKey(number, event.key), isTyped: true, isRaised: true });
      else if (event.key === 'Backspace') setKeypad({ number: removeBefore(number), isTyped: true });
      else return;
      // The field takes the focus now, and would take the same key again.
      event.preventDefault();
      document.querySelector<HTMLInputElement>('[data-number-field] input')?.focus();
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (isTyping(event.target)) return;
      const pasted = dialableFromPaste(event.clipboardData?.getData('text') ?? '');
      if (pasted !== '') setKeypad({ number: wholeNumber(pasted), isTyped: true, isRaised: true });
    };
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
}

export function CallsPage() {
  useTitle(words.pages.title(words.pages.calls));
  useTypingAnywhere();
  const { practice } = useSession();
  const { isRaised: raised, stopped } = useKeypad();
  const isPhone = useMediaQuery(phoneWidth);
  const recent = useInfiniteQuery(recentCallsQuery);
  const practicePatients = useQuery({ ...practicePatientsQuery, enabled: practice.sandbox });
  const [filter, setFilter] = useState<LogFilter>({});
  const hasNoCalls = recent.data?.pages[0]?.calls.length === 0;
  const isFirst = practice.sandbox && hasNoCalls;
  const isSought = isCallSought(useFragment());
  // A newcomer sees whom to call, and who comes for a call sees the list; everyone else has the keypad at the thumb.
  const isRaised = !isPhone || (raised ?? !(isFirst || isSought));
  const patients = practice.sandbox ? <PracticePatients isCompact={!isFirst && !isPhone} /> : null;
  const recents = (
    <RecentCalls onAll={isPhone && isRaised ? () => setKeypad({ isRaised: false }) : null} isEmptySaid={!isFirst} filter={filter} />
  );
  // What a sandbox shows depends on both answers: drawn before, it would jump under the finger. A first failure is an answer.
  const isUndecided = practice.sandbox && [recent, practicePatients].some(({ isLoading, failureCount }) => isLoading && failureCount === 0);
  const isLogShown = !hasNoCalls && recent.data !== undefined;

  return (
    <main id="main" className={`${styles['home']} ${isRaised ? '' : styles['lowered']} ${stopped === null ? '' : styles['stopped']}`}>
      {/* Where a short phone has no room for the list, the screen still has its name. */}
      <h1 className={`sr ${styles['unlisted']}`}>{words.home.title}</h1>
      <div className={styles['list']}>
        <div className={styles['top']}>
          <h1>{words.home.title}</h1>
          <DiscreetSwitch />
        </div>
        <SearchButton />
        {isLogShown && (!isPhone || !isRaised) ? <LogFilters filter={filter} onChange={setFilter} /> : null}
        {isLogShown && isPhone && isRaised ? (
          <Suspense fallback={null}>
            <VoicemailNotice onOpen={() => setKeypad({ isRaised: false })} />
          </Suspense>
        ) : null}
        {isLogShown && (!isPhone || !isRaised) ? (
          <Suspense fallback={null}>
            <VoicemailInbox />
          </Suspense>
        ) : null}
        {isLogShown && (!isPhone || !isRaised) ? (
          <Suspense fallback={null}>
            <EndingNotes />
          </Suspense>
        ) : null}
        {isLogShown && (!isPhone || !isRaised) ? <DueSteps /> : null}
        {isFirst && !isUndecided && !(isPhone && isRaised) ? <FirstCall /> : null}
        {isUndecided ? <Waiting text={words.loadingPage} /> : null}
        {isUndecided ? null : isPhone ? recents : patients}
        {isUndecided ? null : isPhone ? (isRaised ? null : patients) : recents}
        {isFirst && !isUndecided && !(isPhone && isRaised) ? <Suspense><ReadySteps /></Suspense> : null}
      </div>
      {isUndecided && isPhone ? null : isRaised ? (
        <DialPane onLower={isPhone ? () => setKeypad({ isRaised: false }) : null} />
      ) : (
        <div className={styles['raise']}>
          <button type="button" className="btn big wide" onClick={() => setKeypad({ isRaised: true })}>
            <Grip />
            {words.home.keypad}
          </button>
        </div>
      )}
    </main>
  );
}
