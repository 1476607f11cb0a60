/** The keypad with what stands above Call: the number, whom it reaches, what the patient will see. Or, in Call's place, why there is none. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronDown, CircleX, Globe, Info, MicOff, Phone, PhoneCall, ServerOff, Smartphone, Timer } from 'lucide-react';
import type { DialRefusal } from '#contract/calls.ts';
import { linesQuery, practicePatientsQuery, recentCallsQuery } from '../../api/queries.ts';
import { words } from '../../messages/messages.ts';
import { phoneWidth, useMediaQuery } from '../../ui/use-media-query.ts';
import { useSession } from '../sign-in/use-session.ts';
import { shortName } from './call-words-policy.ts';
import { DialBox } from './dial-box.tsx';
import { DialKeys } from './dial-keys.tsx';
import styles from './dial-pane.module.css';
import { EmergencyPane } from './emergency-pane.tsx';
import { refusalSteps } from './end-steps.ts';
import { useEngine } from './engine-context.tsx';
import { setKeypad, useKeypad } from './keypad-store.ts';
import { FoldedLineChoice, OpenLineChoice } from './line-choice.tsx';
import { NumberField } from './number-field.tsx';
import { emptyNumber, insertKey, type TypedNumber, wholeNumber } from './number-typing-policy.ts';
import { callHere } from './page-calls.ts';
import { useDial } from './use-dial.ts';
import { useLines } from './use-lines.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

const refusalIcons = {
  'emergency-number': CircleX,
  'number-invalid': CircleX,
  'number-incomplete': CircleX,
  'destination-not-allowed': Globe,
  'no-line': Smartphone,
  'already-on-a-call': PhoneCall,
  'limit-reached': Timer,
  'trunk-down': ServerOff,
  'media-unavailable': ServerOff,
  'server-busy': ServerOff,
} as const satisfies Record<DialRefusal, unknown>;

/** The name that the typed number belongs to, where one is known. */
function useMatch(dialable: string): string | null {
  const patients = useQuery(practicePatientsQuery);
  const numbers = usePhoneNumbers();
  if (dialable.length < 3) return null;
  const written = numbers.format(dialable);
  return patients.data?.find((patient) => patient.number === dialable || numbers.format(patient.number) === written)?.name ?? null;
}

const regionNames = new Intl.DisplayNames([words.language], { type: 'region' });

export function DialPane({ onLower }: { readonly onLower: (() => void) | null }) {
  const { number, stopped } = useKeypad();
  const { calls, ask } = useEngine();
  const { dial: attempt } = calls;
  const match = useMatch(number.dialable);
  const foreign = usePhoneNumbers().foreignCountry(number.dialable);
  const dial = useDial();
  const queries = useQueryClient();

  const change = (next: TypedNumber): void => {
    setKeypad({ number: next });
    if (next.dialable !== number.dialable && (attempt?.phase === 'refused' || attempt?.phase === 'microphone-failed')) ask({ type: 'dial-dismissed' });
  };
  const call = (): void => {
    if (callHere(calls) !== null) return;
    if (number.dialable !== '') return dial({ to: number.dialable, partyName: match });
    // As on any phone: Call with nothing typed brings the last number back, and dials nothing.
    const [last] = queries.getQueryData(recentCallsQuery.queryKey)?.pages[0]?.calls ?? [];
    if (last === undefined) document.querySelector<HTMLInputElement>('[data-number-field] input')?.focus();
    else change(wholeNumber(last.number));
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
      <NumberField number={number} onChange={change} onEnter={call} />
      <div className={styles['match']}>
        <b>{match ?? (foreign === null ? '' : (regionNames.of(foreign) ?? ''))}</b>
        <p>{match === null ? '' : words.dial.practicePatient}</p>
      </div>
      <DialKeys
        className={styles['pad']}
        hasPlus
        onKey={(key) => {
          change(insertKey(number, key));
        }}
      />
      <CallOrWhyNot match={match} onCall={call} />
    </section>
  );
}

/** The plate and Call; or the one thing that must happen first. */
function CallOrWhyNot({ match, onCall }: { readonly match: string | null; readonly onCall: () => void }) {
  const { calls, ask } = useEngine();
  const { query, lines, shown } = useLines();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const dial = useDial();
  const isPhone = useMediaQuery(phoneWidth);
  const numbers = usePhoneNumbers();
  const { practice } = useSession();
  const attempt = calls.dial;

  const reloadLines = (): void => void queries.invalidateQueries({ queryKey: linesQuery.queryKey });

  if (callHere(calls) !== null)
    return <DialBox Icon={PhoneCall} isCaution={false} sentence={words.dial.onCall} onNext={() => void navigate({ to: '/call' })} />;

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
    const place = country === null ? null : (regionNames.of(country) ?? null);
    const retryAt = detail === null || detail.retryAt === null ? null : new Date(detail.retryAt).toLocaleTimeString('en-GB', { timeZone: practice.timeZone, hour: '2-digit', minute: '2-digit' });
    const general = words.refusals[refusal]({ place });
    const sentence = detail === null ? general : { ...general, text: words.refusalReasons[detail.reason]({ place, retryAt }) };
    const onNext = (): void => {
      const step = refusalSteps[refusal];
      ask({ type: 'dial-dismissed' });
      if (step === 'dial-again') dial(request);
      else if (step === 'reload-lines') reloadLines();
      else if (step === 'show-call') void navigate({ to: '/call' });
      else if (step === 'empty-keypad') setKeypad({ number: emptyNumber });
    };
    return <DialBox Icon={refusalIcons[refusal]} isCaution={refusal === 'no-line'} sentence={sentence} onNext={onNext} />;
  }

  if (query.isError && query.data === undefined) return <DialBox Icon={ServerOff} isCaution sentence={{ title: words.dial.linesFailedTitle, text: words.dial.linesFailedText, next: words.tryAgain }} onNext={reloadLines} />;
  if (query.isPending) return <p className={styles['wait']}>{words.dial.linesLoading}</p>;
  if (shown === null) return <DialBox Icon={Smartphone} isCaution sentence={{ title: words.dial.noLineTitle, text: words.dial.noLineText, next: words.dial.noLineNext }} onNext={reloadLines} />;

  return (
    <>
      {isPhone ? <FoldedLineChoice lines={lines} shown={shown} /> : <OpenLineChoice lines={lines} shown={shown} />}
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
