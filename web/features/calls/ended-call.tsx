/** After the call: how long, why it ended in a sentence, and the one next step that fits the reason. */
import { CircleX, Clock, PhoneMissed, PhoneOff, ServerCrash, ServerOff, ShieldX, Voicemail, WifiOff, type LucideIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CallView, EndReason } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { go } from '../../router/address.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { NextStep } from '../call-log/next-step.tsx';
import { OutcomeChoice } from '../call-log/outcome-choice.tsx';
import { CallLadder } from '../sip-traces/call-ladder.tsx';
import { useWhoCalled } from '../call-log/who-called.ts';
import { rangSeconds, spokenDuration, talkedSeconds } from './call-words-policy.ts';
import { endSteps } from './end-steps.ts';
import styles from './ended-call.module.css';
import { useEngine } from './engine-context.tsx';
import { setKeypad } from './keypad-store.ts';
import { emptyNumber, wholeNumber } from './number-typing-policy.ts';
import { useDial } from './use-dial.ts';
import { usePhoneNumbers } from './use-phone-numbers.tsx';

const reasonIcons = {
  'hung-up-by-member': PhoneOff,
  'hung-up-by-party': PhoneOff,
  cancelled: PhoneOff,
  'no-answer': PhoneMissed,
  busy: PhoneOff,
  rejected: CircleX,
  'not-in-service': CircleX,
  'number-changed': CircleX,
  'number-incomplete': CircleX,
  blocked: ShieldX,
  'trunk-refused': ServerOff,
  'network-busy': ServerOff,
  'trunk-down': ServerOff,
  'media-refused': ServerOff,
  'network-announcement': CircleX,
  'message-left': Voicemail,
  'message-cut-off': Voicemail,
  'message-not-left': Voicemail,
  'party-lost': WifiOff,
  'device-lost': WifiOff,
  'time-limit-reached': Clock,
  'server-restarted': ServerCrash,
  'internal-error': ServerCrash,
} as const satisfies Record<EndReason, LucideIcon>;

export function EndedCall({ call }: { readonly call: CallView }) {
  const { ask } = useEngine();
  const { asTyped, formatOpenly } = usePhoneNumbers();
  const shown = useShown();
  const dial = useDial();
  const details = useRef<HTMLDetailsElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [hasCopied, setCopied] = useState(false);
  useTitle(words.pages.title(words.call.states.ended));
  useEffect(() => heading.current?.focus(), []);

  const reason: EndReason = call.endReason ?? 'internal-error';
  const written = shown.number(call.number);
  const who = shown.shortWho(call);
  // A phone number never breaks across lines.
  const line = `${call.line.name}, ${formatOpenly(call.line.number).replaceAll(' ', '\u00a0').replaceAll('-', '\u2011')}`;
  const talked = talkedSeconds(call);
  const sentence = words.endReasons[reason]({ who, line: call.line.name, rangSeconds: rangSeconds(call), wasAnswered: talked !== null });
  const step = endSteps[reason];
  const timeOf = useFormats().time;
  const Icon = reasonIcons[reason];
  const by = useWhoCalled()(call);
  // They spoke, and one of them hung up: nothing that needs a card.
  const isPlain = talked !== null && (reason === 'hung-up-by-member' || reason === 'hung-up-by-party');
  const facts: readonly (readonly [string, string])[] = [
    [words.ended.reason, reason],
    [words.ended.callId, call.id],
    [words.ended.began, call.startedAt],
    [words.ended.ended, call.endedAt ?? ''],
  ];

  const leave = (): void => {
    ask({ type: 'end-seen' });
    void go('/');
  };
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(facts.map(([term, value]) => `${term}: ${value}`).join('\n')).catch(() => {});
    setCopied(true);
  };
  const act = (): void => {
    switch (step) {
      case 'back-to-calls':
        setKeypad({ number: emptyNumber });
        return leave();
      case 'call-again':
        return dial({ to: call.number, partyName: call.partyName });
      case 'edit-number':
      case 'choose-line':
        setKeypad({ number: wholeNumber(asTyped(call.number)), isRaised: true });
        return leave();
      case 'empty-keypad':
        setKeypad({ number: emptyNumber, isRaised: true });
        return leave();
      case 'show-details':
        details.current?.setAttribute('open', '');
        details.current?.querySelector('summary')?.focus();
        return;
      case 'copy-details':
        return void copy();
    }
  };

  return (
    <main id="main" className={styles['room']}>
      <section className={styles['after']} aria-label={words.ended.label}>
        <div className={styles['state']}>
          <span className={styles['square']} aria-hidden="true" />
          <b>{reason === 'cancelled' ? words.ended.cancelledWord : words.call.states.ended}</b>
          {talked === null ? null : <time>{spokenDuration(talked)}</time>}
          {call.endedAt === null ? null : <span className={styles['when']}>{reason === 'hung-up-by-member' ? words.ended.youHungUp(timeOf(call.endedAt)) : words.ended.endedAt(timeOf(call.endedAt))}</span>}
        </div>
        <h1 ref={heading} tabIndex={-1}>
          {shown.who(call)}
        </h1>
        <p className={styles['saw']}>
          {call.partyName === null ? null : <span className="nowrap">{written}. </span>}
          <span>{call.ringingAt === null ? words.ended.wouldHaveSeen(line) : words.ended.saw(line)}</span>
        </p>
        {by === '' ? null : <p className={styles['by']}>{by}</p>}
        <div className={`${styles['reason']} ${isPlain ? styles['plain'] : ''}`}>
          <span className={styles['tile']}>
            <Icon />
          </span>
          <div>
            <h2>{sentence.title}</h2>
            <p>{sentence.text}</p>
          </div>
        </div>
        <OutcomeChoice call={call} />
        <NextStep callId={call.id} />
        <details ref={details} className={styles['details']}>
          <summary>{words.ended.details}</summary>
          <dl>
            {facts.map(([term, value]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
        <CallLadder callId={call.id} />
        <div className={styles['acts']}>
          <button type="button" className="btn primary big" onClick={act}>
            {step === 'copy-details' && hasCopied ? words.ended.copied : sentence.next}
          </button>
          {step === 'back-to-calls' ? (
            <button type="button" className="btn quiet" onClick={() => dial({ to: call.number, partyName: call.partyName })}>
              {words.home.call(who)}
            </button>
          ) : (
            <button type="button" className="btn quiet" onClick={leave}>
              {words.ended.backToCalls}
            </button>
          )}
        </div>
      </section>
    </main>
  );
}
