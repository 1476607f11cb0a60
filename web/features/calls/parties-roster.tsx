/** Everyone on the call: how each sounds, and what may be done with each. */
import { Info } from 'lucide-react';
import { type ReactNode, useCallback } from 'react';
import type { CallView, PartyView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { secondsBetween } from './call-words-policy.ts';
import { useEngine } from './engine-context.tsx';
import { LevelPills } from './level-pills.tsx';
import styles from './parties-panel.module.css';
import { usePartyNames } from './party-names.ts';
import { heardOf, wordOf } from './party-words-policy.ts';
import { useIsSpeaking } from './use-is-speaking.ts';

const PILLS = 20;
const TALLEST = 28;

/** `children`: what more one may do, beside the sentence on the end. */
export function PartiesRoster({ call, children }: { readonly call: CallView; readonly children?: ReactNode }) {
  const { calls } = useEngine();
  const text = words.callParties;
  return (
    <>
      <ul className={styles['roster']} aria-label={text.roster}>
        {call.parties.map((party) => (
          <PartyRow key={party.party} call={call} party={party} />
        ))}
        <YouRow isMuted={calls.isMuted} />
      </ul>
      <p className={styles['foot']}>
        <Info />
        <span>
          {text.endsForAll.before}
          <b>{text.endsForAll.strong}</b>
          <span className={styles['aside']}>{text.endsForAll.after}</span>
        </span>
        {children}
      </p>
    </>
  );
}

function PartyRow({ call, party }: { readonly call: CallView; readonly party: PartyView }) {
  const { engine, calls, ask } = useEngine();
  const names = usePartyNames();
  const nowMs = useNow(1_000, party.state === 'ringing');
  const text = words.callParties;
  const who = names.short(party);
  const word = wordOf(party);
  const isHeard = heardOf(call).includes(party);
  const isAlone = isHeard && heardOf(call).length === 1;
  // Of several the server tells; one alone is all that this page hears.
  const level = useCallback(() => engine?.partyLevels.of(party.party) ?? (isAlone ? (engine?.media.levels().party ?? 0) : 0), [engine, party.party, isAlone]);
  const isSpeaking = useIsSpeaking(level);
  const said = word === 'there' ? (isSpeaking ? text.speaking : text.quiet) : word === 'ringing' ? text.ringing(secondsBetween(party.ringingAt, nowMs)) : word === 'failed' && party.endReason !== null ? words.endShort[party.endReason] : word === 'failed' ? text.hungUp : text[word];
  const act = { callId: call.id, party: party.party } as const;
  return (
    <li className={word === 'held' || word === 'muted' || party.state === 'gone' ? styles['rest'] : undefined}>
      <span className={styles['name']}>
        <b>{names.withRole(party)}</b>
        <small>{said}</small>
      </span>
      {party.state === 'answered' ? <LevelPills className={styles['pills']} count={PILLS} tallest={TALLEST} level={level} /> : <span className={styles['pills']} />}
      <span className={styles['acts']}>
        {party.state === 'answered' ? (
          <>
            <Act label={party.muted ? text.unmute : text.mute} name={(party.muted ? text.acts.unmute : text.acts.mute)(who)} isOn={party.muted} onPress={() => ask({ type: 'mute-party-asked', ...act, muted: !party.muted })} />
            <Act label={party.heldAt === null ? text.hold : text.bringIn} name={(party.heldAt === null ? text.acts.hold : text.acts.bringIn)(who)} isOn={party.heldAt !== null} onPress={() => ask({ type: 'hold-party-asked', ...act, held: party.heldAt === null })} />
            <Act label={text.drop} name={text.acts.drop(who)} onPress={() => ask({ type: 'drop-party-asked', ...act })} />
          </>
        ) : party.state === 'gone' ? (
          party.party === 'first' ? null : (
            <>
              <Act label={text.again} name={text.acts.again(who)} isDisabled={calls.adding !== null} onPress={() => ask({ type: 'add-party-asked', callId: call.id, whom: wantedAgain(party), isApart: false })} />
              <Act label={text.dismiss} name={text.acts.dismiss(who)} onPress={() => ask({ type: 'drop-party-asked', ...act })} />
            </>
          )
        ) : (
          <Act label={text.cancel} name={text.acts.cancel(who)} onPress={() => ask({ type: 'drop-party-asked', ...act })} />
        )}
      </span>
    </li>
  );
}

/** A service is dialled by its own record: with its code. */
const wantedAgain = ({ serviceId, number, role }: PartyView) => (serviceId === null ? ({ kind: 'number', to: number, role: role ?? 'other' } as const) : ({ kind: 'interpreter', serviceId } as const));

function YouRow({ isMuted }: { readonly isMuted: boolean }) {
  const { engine } = useEngine();
  const level = useCallback(() => engine?.media.levels().you ?? 0, [engine]);
  return (
    <li className={isMuted ? styles['rest'] : undefined}>
      <span className={styles['name']}>
        <b>{words.callParties.you}</b>
        <small>{isMuted ? words.call.youMuted : words.call.youHeard}</small>
      </span>
      <LevelPills className={styles['pills']} count={PILLS} tallest={TALLEST} level={level} />
      <span className={styles['acts']} />
    </li>
  );
}

function Act({ label, name, isOn = false, isDisabled = false, onPress }: { readonly label: string; readonly name: string; readonly isOn?: boolean; readonly isDisabled?: boolean; readonly onPress: () => void }) {
  return (
    <button type="button" className={isOn ? styles['main'] : styles['plain']} aria-label={name} disabled={isDisabled} onClick={onPress}>
      {label}
    </button>
  );
}
