/** The live call on the stage: whom, in which state, how it sounds, and the controls. */
import { Grip, Info, Mic, MicOff, MonitorSmartphone, NotebookPen, Pause, Play, Signal, UserRoundPlus, Voicemail, Volume2, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { CallView } from '#contract/calls.ts';
import { words } from '../../messages/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import { useShown } from '../at-hand/use-shown.ts';
import { useSession } from '../sign-in/use-session.ts';
import { AudioPanel } from './audio-panel.tsx';
import { CallLevels } from './call-levels.tsx';
import { CallHint } from './call-hint.tsx';
import { goToNote } from './go-to-note.ts';
import { isSlowToRing, stateShape, stateTimer } from './call-words-policy.ts';
import { type Engine, useEngine } from './engine-context.tsx';
import { KeypadPanel } from './keypad-panel.tsx';
import { isSoundBroken, stateWords } from './live-words.ts';
import styles from './live-stage.module.css';
import { MessagePanel } from './message-panel.tsx';
import { MovePanel } from './move-panel.tsx';
import { type Panel, usePanel } from './panel-store.ts';
import { RingPhoneOffer } from './ring-phone.tsx';
import { Stage, type StageLight } from './stage.tsx';
import { PartiesPanel } from './parties-panel.tsx';
import { PartiesRoster } from './parties-roster.tsx';
import { PartyNotices } from './party-notices.tsx';
import { usePartyNames } from './party-names.ts';
import { addedOf, isCompany } from './party-words-policy.ts';
import { EndButton, Party } from './stage-parts.tsx';
import { StageTrouble } from './stage-trouble.tsx';
import { useSpokeMuted } from './use-spoke-muted.ts';

function stateText(call: CallView, engine: Engine, who: string, nowMs: number, spokeMuted: boolean): string | null {
  if (isSoundBroken(call, engine)) {
    if (call.state !== 'reconnecting') return words.call.audioLostText(who);
    const left = call.reconnectUntil === null ? null : Math.max(0, Math.ceil((Date.parse(call.reconnectUntil) - nowMs) / 1_000));
    return left === null ? words.call.reconnectingText(who) : `${words.call.reconnectingText(who)} ${words.call.reconnectingUntil(left)}`;
  }
  if (!engine.calls.isLinked) return words.call.linkLostText;
  if (call.state === 'connecting') return isSlowToRing(call, nowMs) ? words.call.slowToRing : words.call.notYetHeard;
  if (call.state === 'on-hold') return words.call.onHoldText(who);
  if (call.heldByParty) return words.call.heldByPartyText(who);
  return engine.calls.isMuted && spokeMuted ? words.call.spokeMuted(who) : null;
}

function lightOf(call: CallView, engine: Engine): StageLight {
  if (isSoundBroken(call, engine)) return 'lost';
  return call.state === 'on-hold' || call.heldByParty ? 'hold' : 'live';
}

/** A refresh is over sooner than one could read it. */
const offerPhoneAfterMs = 4_000;

/** Where this device's sound has been gone for a while, and while the phone is rung. */
function isPhoneOffered(call: CallView, { calls }: Engine, nowMs: number): boolean {
  if (call.ownPhone !== null && call.ownPhone.phase !== 'failed') return true;
  const isLongGone = call.reconnectingSince !== null && nowMs - Date.parse(call.reconnectingSince) > offerPhoneAfterMs;
  return calls.isLinked && (isLongGone || calls.audio.phase === 'failed');
}

export function LiveStage({ call }: { readonly call: CallView }) {
  const engine = useEngine();
  const { calls, media, ask } = engine;
  const { practice } = useSession();
  const nowMs = useNow(1_000);
  const { shortWho } = useShown();
  const names = usePartyNames();
  const [panel, setPanel] = usePanel();
  const spokeMuted = useSpokeMuted(calls.isMuted);
  const who = shortWho(call);
  const isEnding = calls.endingCallId === call.id;
  const isBroken = isSoundBroken(call, engine);
  const isTalking = call.state === 'talking' || call.state === 'on-hold';
  const present = addedOf(call).filter(({ state }) => state !== 'gone');
  const company = present.length === 0 ? null : `${words.callParties.company(new Intl.ListFormat(words.language).format(present.map(names.withRole)))}. ${words.callParties.allSee(call.line.name)}`;
  const shape = isBroken ? 'diamond' : stateShape(call, calls.isMuted);

  return (
    <Stage light={lightOf(call, engine)} shape={shape} state={stateWords(call, engine)} timer={isEnding || (isBroken && call.state !== 'reconnecting') ? null : stateTimer(call, nowMs)} aside={call.state === 'talking' && !isBroken ? <QualityWord who={who} quality={media.quality} /> : null}>
      <Party number={call.number} partyName={call.partyName} line={isCompany(call) ? null : call.line} company={company} text={stateText(call, engine, who, nowMs, spokeMuted)} isSmall={panel !== null || isCompany(call)} />
      {panel === 'keypad' ? <KeypadPanel call={call} who={who} onClose={() => setPanel(null)} /> : null}
      {panel === 'audio' ? <AudioPanel onClose={() => setPanel(null)} /> : null}
      {panel === 'message' ? <MessagePanel call={call} onClose={() => setPanel(null)} /> : null}
      {panel === 'move' ? <MovePanel call={call} who={who} onClose={() => setPanel(null)} /> : null}
      {panel === 'add' ? <PartiesPanel call={call} who={who} onClose={() => setPanel(null)} /> : null}
      {panel === null ? <PartyNotices call={call} /> : null}
      {panel === null ? <StageTrouble who={who} /> : null}
      {panel === null && isPhoneOffered(call, engine, nowMs) ? <RingPhoneOffer call={call} /> : null}
      {panel === null && !isCompany(call) ? <CallHint call={call} /> : null}
      {panel === null && isCompany(call) ? <div className={styles['company']}><PartiesRoster call={call} /></div> : panel === null && call.answeredAt !== null ? <CallLevels who={who} quality={media.quality} isMuted={calls.isMuted} /> : <div className={panel === null ? styles['spacer'] : undefined} />}
      <div className={styles['controls']} role="group" aria-label={words.call.controls}>
        <Control Icon={calls.isMuted ? MicOff : Mic} letter="M" isOn={calls.isMuted} onPress={() => ask({ type: 'mute-asked', muted: !calls.isMuted })}>
          {calls.isMuted ? words.call.unmute : words.call.mute}
        </Control>
        <PanelControl Icon={Grip} letter="K" panel="keypad">
          {words.call.keypad}
        </PanelControl>
        <PanelControl Icon={Volume2} letter="A" panel="audio">
          {words.call.audio}
        </PanelControl>
        <Control Icon={NotebookPen} letter="N" isOn={false} onPress={goToNote}>
          {words.notes.control}
        </Control>
        <Control Icon={call.state === 'on-hold' ? Play : Pause} letter="H" isOn={call.state === 'on-hold'} isDisabled={!isTalking || !calls.isLinked} onPress={() => ask({ type: 'hold-asked', held: call.state !== 'on-hold' })}>
          {call.state === 'on-hold' ? words.call.resume : words.call.hold}
        </Control>
        <PanelControl Icon={UserRoundPlus} letter="P" panel="add">
          {words.callParties.control}
        </PanelControl>
        <PanelControl Icon={MonitorSmartphone} letter="V" panel="move">
          {words.ownPhone.move}
        </PanelControl>
        <PanelControl Icon={Voicemail} letter="L" panel="message">
          {words.spokenMessages.control}
        </PanelControl>
      </div>
      <EndButton label={isEnding ? words.call.ending : call.answeredAt === null ? words.call.cancel : words.call.end} isEnding={isEnding} onEnd={() => ask({ type: 'end-asked' })} />
      <div className={styles['law']}>
        <Info className="small" />
        <p>
          <b>{words.call.law}</b> <span>{words.call.encryption(practice.name)}</span>
        </p>
      </div>
    </Stage>
  );
}

function QualityWord({ who, quality }: { readonly who: string; readonly quality: Engine['media']['quality'] }) {
  if (quality === null) return null;
  const said = words.call.quality[quality];
  return (
    <span className={styles['quality']}>
      <Signal />
      {typeof said === 'function' ? said(who) : said}
    </span>
  );
}

interface ControlProps {
  readonly Icon: LucideIcon;
  readonly letter: string;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  readonly isPanel?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function Control({ Icon, letter, isOn, isDisabled = false, isPanel = false, onPress, children }: ControlProps) {
  return (
    <button
      type="button"
      className={`${styles['control']} ${isOn ? styles['on'] : ''}`}
      // A label that changes ("Mute", "Unmute") says its state; one that stays says it by being expanded.
      {...(isPanel ? { 'aria-expanded': isOn } : {})}
      aria-keyshortcuts={`Alt+${letter}`}
      disabled={isDisabled}
      onClick={onPress}
    >
      <span>
        <Icon className="large" />
      </span>
      <b>{children}</b>
      <kbd aria-hidden="true">{letter}</kbd>
    </button>
  );
}

function PanelControl({ panel, ...props }: { readonly panel: Panel } & Pick<ControlProps, 'Icon' | 'letter' | 'children'>) {
  const [open, setPanel] = usePanel();
  return <Control {...props} isPanel isOn={open === panel} onPress={() => setPanel(open === panel ? null : panel)} />;
}
