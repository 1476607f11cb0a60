/** The member's calls by day, newest first: what came of each, and one tap to call again. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Phone, PhoneIncoming, PhoneMissed, PhoneOff, PhoneOutgoing } from 'lucide-react';
import type { CallView } from '#contract/calls.ts';
import { recentCallsQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useSession } from '../sign-in/use-session.ts';
import { rangSeconds, spokenDuration, talkedSeconds } from './call-words-policy.ts';
import { setKeypad } from './keypad-store.ts';
import { wholeNumber } from './number-typing-policy.ts';
import styles from './recent-calls.module.css';
import { useDial } from './use-dial.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

/** What came of a call, in one line. */
function outcome(call: CallView): string {
  if (call.endReason === null) return words.goingOnNow;
  const talked = talkedSeconds(call);
  const isPlainEnd = call.endReason === 'hung-up-by-member' || call.endReason === 'hung-up-by-party';
  const short = isPlainEnd && talked === null ? words.endShort.cancelled : words.endShort[call.endReason];
  if (talked !== null) return `${short}, ${spokenDuration(talked)}`;
  const rang = rangSeconds(call);
  return call.endReason === 'no-answer' && rang !== null ? `${short}, ${words.rang(rang)}` : short;
}

function WayIcon({ call }: { readonly call: CallView }) {
  if (call.direction === 'incoming') return <PhoneIncoming />;
  if (call.endReason === 'busy') return <PhoneOff />;
  return call.endReason !== null && call.answeredAt === null && call.endReason !== 'cancelled' ? <PhoneMissed /> : <PhoneOutgoing />;
}

interface Day {
  readonly key: string;
  readonly title: string;
  readonly calls: CallView[];
}

/** Days are the practice's: a call just before midnight there is yesterday's for everyone. */
function byDay(calls: readonly CallView[], timeZone: string, nowMs: number): Day[] {
  const keyOf = (instant: number | string): string => new Date(instant).toLocaleDateString('en-CA', { timeZone });
  const today = keyOf(nowMs);
  const yesterday = keyOf(nowMs - 86_400_000);
  const days: Day[] = [];
  for (const call of calls) {
    const key = keyOf(call.startedAt);
    const last = days.at(-1);
    if (last?.key === key) last.calls.push(call);
    else {
      const title =
        key === today ? words.home.today : key === yesterday ? words.home.yesterday : new Date(call.startedAt).toLocaleDateString(words.language, { timeZone, weekday: 'long', month: 'long', day: 'numeric' });
      days.push({ key, title, calls: [call] });
    }
  }
  return days;
}

export function RecentCalls({ onAll, isEmptySaid }: { readonly onAll: (() => void) | null; readonly isEmptySaid: boolean }) {
  const { practice } = useSession();
  const recent = useInfiniteQuery(recentCallsQuery);
  const numbers = usePhoneNumbers();
  const dial = useDial();
  // Past midnight "Today" becomes "Yesterday" by itself.
  const nowMs = useNow(60_000);
  const calls = (recent.data?.pages ?? []).flatMap((page) => page.calls) as CallView[];

  if (recent.isPending) return <p className={styles['empty']}>{words.home.loadingCalls}</p>;
  if (recent.isError && calls.length === 0)
    return (
      <p className={styles['empty']}>
        {words.home.callsFailed}{' '}
        <button type="button" className="btn compact" onClick={() => void recent.refetch()}>
          {words.tryAgain}
        </button>
      </p>
    );
  if (calls.length === 0) return isEmptySaid ? <p className={styles['empty']}>{words.home.noCalls}</p> : null;

  return (
    <section aria-label={words.home.recentLabel} className={styles['recent']}>
      {byDay(calls, practice.timeZone, nowMs).map((day, index) => (
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
            {day.calls.map((call) => {
              const who = call.partyName ?? numbers.format(call.number);
              return (
                <li key={call.id}>
                  <button type="button" className={styles['row']} title={words.home.useNumber(who)} onClick={() => setKeypad({ number: wholeNumber(call.number), isRaised: true })}>
                    <span className={styles['way']}>
                      <WayIcon call={call} />
                    </span>
                    <span className={styles['who']}>
                      <b>{who}</b>
                      <span>{outcome(call)}</span>
                    </span>
                    <time dateTime={call.startedAt}>{new Date(call.startedAt).toLocaleTimeString('en-GB', { timeZone: practice.timeZone, hour: '2-digit', minute: '2-digit' })}</time>
                  </button>
                  <button type="button" className="iconbtn" aria-label={words.home.call(who)} onClick={() => dial({ to: call.number, partyName: call.partyName })}>
                    <Phone />
                  </button>
                </li>
              );
            })}
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
