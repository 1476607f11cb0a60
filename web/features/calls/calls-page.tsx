/** Calls, the home screen: what was, and whom to call next. On a phone the dial sheet lies over the list and can be lowered. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Grip } from 'lucide-react';
import { useEffect } from 'react';
import { recentCallsQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { phoneWidth, useMediaQuery } from '../../ui/use-media-query.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useSession } from '../sign-in/use-session.ts';
import styles from './calls-page.module.css';
import { DialPane } from './dial-pane.tsx';
import { FirstCall } from './first-call.tsx';
import { keypadState, setKeypad, useKeypad } from './keypad-store.ts';
import { dialableFromPaste, insertKey, removeBefore, wholeNumber } from './number-typing-policy.ts';
import { PracticePatients } from './practice-patients.tsx';
import { RecentCalls } from './recent-calls.tsx';

const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

/** Digits typed, and numbers pasted, anywhere on the screen go to the keypad. */
function useTypingAnywhere(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || keypadState().stopped !== null) return;
      const { number } = keypadState();
      if (/^[0-9*#+]$/.test(event.key)) setKeypad({ number: insertKey(number, event.key), isRaised: true });
      else if (event.key === 'Backspace') setKeypad({ number: removeBefore(number) });
      else return;
      // The field takes the focus now, and would take the same key again.
      event.preventDefault();
      document.querySelector<HTMLInputElement>('[data-number-field] input')?.focus();
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (isTyping(event.target)) return;
      const pasted = dialableFromPaste(event.clipboardData?.getData('text') ?? '');
      if (pasted !== '') setKeypad({ number: wholeNumber(pasted), isRaised: true });
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
  const hasNoCalls = recent.data?.pages[0]?.calls.length === 0;
  const isFirst = practice.sandbox && hasNoCalls;
  // A newcomer sees whom to call; everyone else has the keypad at the thumb.
  const isRaised = !isPhone || (raised ?? !isFirst);
  const patients = practice.sandbox ? <PracticePatients isCompact={!isFirst && !isPhone} /> : null;
  const recents = <RecentCalls onAll={isPhone && isRaised ? () => setKeypad({ isRaised: false }) : null} isEmptySaid={!isFirst} />;

  return (
    <main id="main" className={`${styles['home']} ${isRaised ? '' : styles['lowered']} ${stopped === null ? '' : styles['stopped']}`}>
      {/* Where a short phone has no room for the list, the screen still has its name. */}
      <h1 className={`sr ${styles['unlisted']}`}>{words.home.title}</h1>
      <div className={styles['list']}>
        <h1>{words.home.title}</h1>
        {isFirst && !(isPhone && isRaised) ? <FirstCall /> : null}
        {isPhone ? recents : patients}
        {isPhone ? (isRaised ? null : patients) : recents}
      </div>
      {isRaised ? (
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
