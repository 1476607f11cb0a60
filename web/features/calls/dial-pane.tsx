/** The keypad with what stands above Call: the number, whom it reaches, what the patient will see. Or, in Call's place, why there is none. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, CircleX, Globe, Info, MicOff, Phone, PhoneCall, ServerOff, Smartphone, Timer, UserX } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { DialRefusal } from '#contract/calls.ts';
import { linesQuery, practicePatientsQuery, recentCallsQuery, sessionQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { go } from '../../router/address.ts';
import { Waiting } from '../../ui/load-states.tsx';
import { phoneWidth, useMediaQuery } from '../../ui/use-media-query.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { membersQuery } from '../members/members-queries.ts';
import { useSession } from '../sign-in/use-session.ts';
import { DialBox } from './dial-box.tsx';
import { DialKeys } from './dial-keys.tsx';
import styles from './dial-pane.module.css';
import { EmergencyPane } from './emergency-pane.tsx';
import { refusalSteps } from './end-steps.ts';
import { useEngine } from './engine-context.tsx';
import { setKeypad, startOfTyping, useKeypad } from './keypad-store.ts';
import { ForWhom } from './for-whom.tsx';
import { FoldedLineChoice, OpenLineChoice } from './line-choice.tsx';
import { NumberField } from './number-field.tsx';
import { emptyNumber, insertKey, type TypedNumber, wholeNumber } from './number-typing-policy.ts';
import { callHere } from './page-calls.ts';
import { useDial } from './use-dial.ts';
import { useLines } from './use-lines.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

const NotInPlan = lazy(async () => ({ default: (await import('./not-in-plan.tsx')).NotInPlan }));

const refusalIcons = {
  'emergency-number': CircleX,
  'number-invalid': CircleX,
  'number-incomplete': CircleX,
  'destination-not-allowed': Globe,
  'no-line': Smartphone,
  'not-acting-for': UserX,
  'already-on-a-call': PhoneCall,
  'limit-reached': Timer,
  'trunk-down': ServerOff,
  'media-unavailable': ServerOff,
  'server-busy': ServerOff,
} as const satisfies Record<DialRefusal, unknown>;

/** The practice patient's name that the typed number belongs to, where it is one's. */
function usePatient(dialable: string): string | null {
  const patients = useQuery(practicePatientsQuery);
  const numbers = usePhoneNumbers();
  if (dialable.length < 3) return null;
  return patients.data?.find((patient) => numbers.isSame(patient.number, dialable))?.name ?? null;
}

export function DialPane({ onLower }: { readonly onLower: (() => void) | null }) {
  const { number, lineId, isTyped, stopped } = useKeypad();
  const shown = useShown();
  const isCovered = shown.isDiscreet && !isTyped && number.dialable !== '';
  const { calls, ask } = useEngine();
  const { dial: attempt } = calls;
  const patient = usePatient(number.dialable);
  const { contactName } = useLines(number.dialable, lineId);
  const match = contactName ?? patient;
  const numbers = usePhoneNumbers();
  const foreign = numbers.foreignCountry(number.dialable);
  const formats = useFormats();
  const dial = useDial();
  const queries = useQueryClient();

  const change = (next: TypedNumber): void => {
    setKeypad({ number: next, isTyped: true, ...(next.dialable === '' ? { lineId: null } : {}) });
    if (next.dialable !== number.dialable && (attempt?.phase === 'refused' || attempt?.phase === 'microphone-failed')) ask({ type: 'dial-dismissed' });
  };
  const call = (): void => {
    if (callHere(calls) !== null) return;
    if (number.dialable !== '') return dial({ to: number.dialable, partyName: match });
    // As on any phone: Call with nothing typed brings the last number back, and dials nothing.
    const [last] = (queries.getQueryData(recentCallsQuery.queryKey)?.pages[0]?.calls ?? []).flatMap(({ number: called }) => called ?? []);
    if (last === undefined) document.querySelector<HTMLInputElement>('[data-number-field] input')?.focus();
    else setKeypad({ number: wholeNumber(numbers.asTyped(last)) });
  };

  const alarm = stopped ?? (attempt?.phase === 'refused' && attempt.refusal === 'emergency-number' ? { typed: attempt.request.to, emergency: attempt.request.to } : null);
  if (alarm !== null)
    return (
      <section className={`${styles['dial']} ${styles['alarm']}`} aria-label={words.dial.label}>
        <EmergencyPane
          {...alarm}
          onBack={() => {
            setKeypad({ stopped: null, number: emptyNumber });
            ask({ type: 'dial-dismissed' });
          }}
        />
      </section>
    );

  return (
    <section className={styles['dial']} aria-label={words.dial.label}>
      {onLower === null ? null : (
        <button type="button" className={styles['lower']} aria-label={words.home.hideKeypad} onClick={onLower}>
          <ChevronDown />
        </button>
      )}
      <NumberField number={number} covered={isCovered ? shown.number(number.dialable) : null} onChange={change} onEnter={call} />
      <div className={styles['match']}>
        <b>{match !== null ? shown.name(match) : foreign === null ? '' : (formats.country(foreign) ?? '')}</b>
        <p>{match === null || match !== patient ? '' : words.dial.practicePatient}</p>
      </div>
      <DialKeys
        className={styles['pad']}
        hasPlus
        onKey={(key) => {
          change(insertKey(startOfTyping(), key));
        }}
      />
      <CallOrWhyNot match={match} onCall={call} />
    </section>
  );
}

/** The plate and Call; or the one thing that must happen first. */
function CallOrWhyNot({ match, onCall }: { readonly match: string | null; readonly onCall: () => void }) {
  const { calls, ask } = useEngine();
  const { number, lineId } = useKeypad();
  const { query, lines, areKeptBack, shown, by } = useLines(number.dialable, lineId);
  const { shortName } = useShown();
  const queries = useQueryClient();
  const dial = useDial();
  const isPhone = useMediaQuery(phoneWidth);
  const numbers = usePhoneNumbers();
  const formats = useFormats();
  const attempt = calls.dial;

  const reloadLines = (): void => void queries.invalidateQueries({ queryKey: linesQuery.queryKey });

  if (callHere(calls) !== null)
    return <DialBox Icon={PhoneCall} isCaution={false} sentence={words.dial.onCall} onNext={() => void go('/call')} />;

  if (attempt?.phase === 'microphone-failed') {
    return (
      <DialBox Icon={MicOff} isCaution sentence={words.microphone[attempt.failure]} onNext={() => dial(attempt.request)}>
        {attempt.failure === 'denied' ? (
          <ol>
            {words.microphoneHow.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        ) : null}
      </DialBox>
    );
  }

  if (attempt?.phase === 'refused') {
    const { refusal, request, detail } = attempt;
    const country = detail?.country ?? numbers.foreignCountry(request.to);
    const place = country === null ? null : formats.country(country);
    const retryAt = detail === null || detail.retryAt === null ? null : formats.time(detail.retryAt);
    const general = words.refusals[refusal]({ place });
    const sentence = detail === null ? general : { ...general, text: words.refusalReasons[detail.reason]({ place, retryAt }) };
    const onNext = (): void => {
      const step = refusalSteps[refusal];
      ask({ type: 'dial-dismissed' });
      if (step === 'dial-again') dial(request);
      else if (step === 'reload-lines') reloadLines();
      else if (step === 'choose-for-whom') {
        setKeypad({ onBehalfOf: null });
        void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
      } else if (step === 'show-call') void go('/call');
      else if (step === 'empty-keypad') setKeypad({ number: emptyNumber });
    };
    if (detail?.nextStep === 'ask-admin-to-allow-country' && country !== null) return <Suspense><NotInPlan country={country} sentence={sentence} /></Suspense>;
    return <DialBox Icon={refusalIcons[refusal]} isCaution={refusal === 'no-line'} sentence={sentence} onNext={onNext} />;
  }

  if (query.isError && query.data === undefined) return <DialBox Icon={ServerOff} isCaution sentence={{ title: words.dial.linesFailedTitle, text: words.dial.linesFailedText, next: words.tryAgain }} onNext={reloadLines} />;
  if (query.isPending) return <Waiting text={words.dial.linesLoading} />;
  if (shown === null) return <NoLine areKeptBack={areKeptBack} />;

  return (
    <>
      <ForWhom />
      {isPhone ? <FoldedLineChoice lines={lines} shown={shown} by={by} /> : <OpenLineChoice lines={lines} shown={shown} by={by} />}
      <button type="button" className="btn primary big wide" onClick={onCall}>
        <Phone />
        {match === null ? words.dial.call : words.dial.callWho(shortName(match))}
      </button>
      <p className={styles['caveat']}>
        <Info className="small" />
        {words.dial.caveat}
      </p>
    </>
  );
}

/** In the place of Call: there is none until a line is proven that its caller may show. */
function NoLine({ areKeptBack }: { readonly areKeptBack: boolean }) {
  const isAdmin = useSession().roles.includes('practice-admin');
  const members = useQuery({ ...membersQuery, enabled: !isAdmin });
  const admins = (members.data ?? []).filter(({ roles, isDisabled }) => roles.includes('practice-admin') && !isDisabled).map(({ name }) => name);
  const who = admins.length === 0 ? words.dial.anAdmin : new Intl.ListFormat(words.language, { type: 'disjunction' }).format(admins);
  const [own, others, next, section] = areKeptBack
    ? ([words.dial.keptBackText, words.dial.keptBackForOthers(who), words.dial.keptBackNext, 'members'] as const)
    : ([words.dial.noLineText, words.dial.noLineForOthers(who), words.dial.noLineNext, 'lines'] as const);
  const sentence = { title: words.dial.noLineTitle, text: isAdmin ? own : others, next: isAdmin ? next : null };
  return <DialBox Icon={Smartphone} isCaution sentence={sentence} onNext={() => void go(`/settings/${section}`)} />;
}
