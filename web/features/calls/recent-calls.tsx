/** The member's calls by day, newest first: what came of each, and one tap to call again. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, Phone, PhoneIncoming, PhoneMissed, PhoneOff, PhoneOutgoing, Voicemail } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { CallLogEntry } from '#contract/call-log.ts';
import { callLogQuery, type LogFilter } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { useNow } from '../../ui/use-now.ts';
import type { Formats } from '../../messages/formats.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { outcomeInOneLine } from '../call-log/outcome-words.ts';
import { useWhoCalled } from '../call-log/who-called.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSoughtCall } from './use-sought-call.ts';
import { setKeypad } from './keypad-store.ts';
import { wholeNumber } from './number-typing-policy.ts';
import styles from './recent-calls.module.css';
import { useDial } from './use-dial.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

/** With the first row that is opened: home is drawn without it. */
const OpenedCall = lazy(async () => ({ default: (await import('./opened-call.tsx')).OpenedCall }));

function WayIcon({ call }: { readonly call: CallLogEntry }) {
  if (call.endReason === 'caller-left-message') return <Voicemail />;
  if (call.direction === 'incoming') return <PhoneIncoming />;
  if (call.endReason === 'busy') return <PhoneOff />;
  return call.endReason !== null && call.answeredAt === null && call.endReason !== 'cancelled' ? <PhoneMissed /> : <PhoneOutgoing />;
}

interface Day {
  readonly key: string;
  readonly title: string;
  readonly calls: CallLogEntry[];
}

/** Days are the practice's: a call just before midnight there is yesterday's for everyone. */
function byDay(calls: readonly CallLogEntry[], formats: Formats, nowMs: number): Day[] {
  const today = formats.dayKey(nowMs);
  const yesterday = formats.dayKey(nowMs - 86_400_000);
  const days: Day[] = [];
  for (const call of calls) {
    const key = formats.dayKey(call.startedAt);
    const last = days.at(-1);
    if (last?.key === key) last.calls.push(call);
    else {
      const title =
        key === today ? words.home.today : key === yesterday ? words.home.yesterday : formats.wholeDay(call.startedAt);
      days.push({ key, title, calls: [call] });
    }
  }
  return days;
}

interface RecentCallsProps {
  readonly onAll: (() => void) | null;
  readonly isEmptySaid: boolean;
  /** What of the log is asked for; `{}` is all of it. */
  readonly filter: LogFilter;
}

export function RecentCalls({ onAll, isEmptySaid, filter }: RecentCallsProps) {
  const formats = useFormats();
  const recent = useInfiniteQuery({ ...callLogQuery(filter), placeholderData: keepPreviousData });
  // Past midnight "Today" becomes "Yesterday" by itself.
  const nowMs = useNow(60_000);
  const calls = (recent.data?.pages ?? []).flatMap((page) => page.calls) as CallLogEntry[];
  const isFiltered = Object.keys(filter).length > 0;
  const soughtId = useSoughtCall(calls, recent, nowMs);

  if (recent.isPending) return <Waiting text={isFiltered ? words.callLog.searching : words.home.loadingCalls} />;
  if (recent.isError && calls.length === 0) return <LoadFailed text={words.home.callsFailed} onRetry={recent.refetch} />;
  if (calls.length === 0 && isFiltered)
    return (
      <p className={styles['empty']}>
        {words.callLog.noMatch} {words.callLog.noMatchHint}
      </p>
    );
  if (calls.length === 0) return isEmptySaid ? <p className={styles['empty']}>{words.home.noCalls}</p> : null;

  return (
    <section aria-label={words.home.recentLabel} className={styles['recent']} aria-busy={recent.isPlaceholderData}>
      {byDay(calls, formats, nowMs).map((day, index) => (
        <div key={day.key}>
          <h2>
            {day.title}
            {index === 0 && onAll !== null ? (
              <button type="button" onClick={onAll}>
                {words.home.allCalls}
              </button>
            ) : null}
          </h2>
          <ul>
            {day.calls.map((call) => (
              <CallRow key={call.id} call={call} isSought={call.id === soughtId} />
            ))}
          </ul>
        </div>
      ))}
      {recent.hasNextPage ? (
        <button type="button" className="btn" disabled={recent.isFetchingNextPage} onClick={() => void recent.fetchNextPage()}>
          {words.home.older}
        </button>
      ) : null}
    </section>
  );
}

/** A tap on the row brings the number to the keypad, to be looked at or changed first; the telephone calls at once; the arrow opens what came of it. */
function CallRow({ call, isSought }: { readonly call: CallLogEntry; readonly isSought: boolean }) {
  const formats = useFormats();
  const shown = useShown();
  const whoCalled = useWhoCalled();
  const dial = useDial();
  const { asTyped } = usePhoneNumbers();
  const [isOpen, setOpen] = useState(isSought);
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSought) row.current?.scrollIntoView({ block: 'center' });
  }, [isSought]);
  const who = shown.who(call);
  const by = whoCalled(call);
  const { nextStep, number } = call;
  return (
    <li ref={row}>
      <div className={styles['line']}>
        <button type="button" className={styles['row']} title={number === null ? undefined : words.home.useNumber(who)} onClick={() => (number === null ? setOpen(!isOpen) : setKeypad({ number: wholeNumber(asTyped(number)), isRaised: true }))}>
          <span className={styles['way']}>
            <WayIcon call={call} />
          </span>
          <span className={styles['who']}>
            <b>{who}</b>
            <span>{[outcomeInOneLine(call), by].filter((part) => part !== '').join(' · ')}</span>
            {nextStep === null || nextStep.doneAt !== null || shown.isDiscreet ? null : <span className={styles['step']}>{`${nextStep.text} · ${words.callLog.stepKept(formats.day(`${nextStep.dueOn}T12:00:00Z`))}`}</span>}
          </span>
          <time dateTime={call.startedAt}>{formats.time(call.startedAt)}</time>
        </button>
        <button type="button" className="iconbtn" aria-label={words.callLog.more(who)} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? <ChevronUp /> : <ChevronDown />}
        </button>
        {number === null ? null : (
          <button type="button" className="iconbtn" aria-label={words.home.call(who)} onClick={() => dial({ to: number, partyName: call.partyName })}>
            <Phone />
          </button>
        )}
      </div>
      {isOpen ? (
        <div className={styles['more']}>
          <Suspense fallback={<Waiting text={words.loadingPage} />}>
            <OpenedCall call={call} />
          </Suspense>
        </div>
      ) : null}
    </li>
  );
}
