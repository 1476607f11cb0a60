/** Microphone and speaker of this device: chosen, seen and tested in mid-call, with what the network allows in a sentence. */
import { ChevronDown, Headphones, Mic, Signal } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { words } from '../../messages/messages.ts';
import styles from './audio-panel.module.css';
import type { MediaFacts } from './device-media.ts';
import { playTestTone } from './call-sounds.ts';
import { useEngine } from './engine-context.tsx';
import { LevelPills } from './level-pills.tsx';
import { recordAndReplay } from './microphone-test.ts';
import { StagePanel } from './stage-panel.tsx';
import { useNetworkCheck } from './use-network-check.ts';

interface Device {
  readonly id: string;
  readonly name: string;
}

/** The devices of one kind, live: a headset plugged in appears. */
function useDevices(kind: MediaDeviceKind): readonly Device[] {
  const [devices, setDevices] = useState<readonly Device[]>([]);
  useEffect(() => {
    if (!('mediaDevices' in navigator)) return;
    const read = async (): Promise<void> => {
      const all = await navigator.mediaDevices.enumerateDevices();
      const named = all.filter((device) => device.kind === kind && device.deviceId !== '');
      setDevices(named.map((device, index) => ({ id: device.deviceId, name: device.label === '' ? words.audioPanel.unnamed(index + 1) : device.label })));
    };
    void read();
    const listener = (): void => void read();
    navigator.mediaDevices.addEventListener('devicechange', listener);
    return () => navigator.mediaDevices.removeEventListener('devicechange', listener);
  }, [kind]);
  return devices;
}

const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;

/** A share that is worth a sentence. */
const perHundred = (share: number): number | null => (share < 0.005 ? null : Math.round(share * 100));

/** What lies behind the one sentence: here, on the way to the server, beyond it. */
function networkSentences({ lostShare, roundTripMs, server, report }: MediaFacts): string[] {
  const { figures, restored, filledIn, onPhoneNetwork, paths } = words.audioPanel;
  const said = (share: number, sentence: (count: number) => string): string | null => {
    const count = perHundred(share);
    return count === null ? null : sentence(count);
  };
  const beyond = server === null ? [] : [said(server.device.restoredShare, restored), said(server.device.concealedShare, filledIn), said(Math.max(...[server.party, ...server.added].map((party) => Math.max(party.lostShare, party.missedShare ?? 0))), onPhoneNetwork)];
  const path = report?.path ?? null;
  return [figures(lostShare === null ? null : lostShare * 100, roundTripMs), ...beyond, path === null || path === 'udp' ? null : paths[path]].filter((sentence) => sentence !== null);
}

export function AudioPanel({ onClose }: { readonly onClose: () => void }) {
  const { engine, media: facts } = useEngine();
  const microphones = useDevices('audioinput');
  const speakers = useDevices('audiooutput');
  const [microphoneId, setMicrophoneId] = useState(engine?.media.microphone.chosenId() ?? '');
  const [speakerId, setSpeakerId] = useState(engine?.media.speakerId() ?? '');
  const [failed, setFailed] = useState<string | null>(null);
  const [testing, setTesting] = useState<'recording' | 'replaying' | null>(null);
  const check = useNetworkCheck();
  const isChecked = check.isRunning || check.tried.length > 0;
  const level = useCallback(() => engine?.media.levels().you ?? 0, [engine]);

  const chooseMicrophone = async (id: string): Promise<void> => {
    const chosen = await engine?.media.microphone.choose(id);
    setFailed(chosen === undefined || chosen.ok ? null : words.microphone[chosen.refusal].title);
    setMicrophoneId(engine?.media.microphone.chosenId() ?? '');
  };
  const testMicrophone = async (): Promise<void> => {
    const heard = engine?.media.microphone.listen();
    if (heard === null || heard === undefined) return;
    await recordAndReplay(heard, speakerId === '' ? null : speakerId, setTesting);
    setTesting(null);
  };

  return (
    <StagePanel title={words.audioPanel.title} text={words.audioPanel.text} onClose={onClose}>
      <div className={styles['devices']}>
        <div className={styles['device']}>
          <label htmlFor="microphone">{words.audioPanel.microphone}</label>
          <span className={styles['pick']}>
            <Mic />
            <select id="microphone" value={microphoneId} onChange={(event) => void chooseMicrophone(event.target.value)}>
              {microphones.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
            <ChevronDown className="small" />
          </span>
          <div className={styles['meter']}>
            {testing === null ? <LevelPills className={styles['pills']} count={26} tallest={30} level={level} /> : <small>{words.audioPanel[testing]}</small>}
            <button type="button" className={styles['pill']} aria-label={words.audioPanel.testMicrophone} disabled={testing !== null} onClick={() => void testMicrophone()}>
              {words.audioPanel.test}
            </button>
          </div>
        </div>
        <div className={styles['device']}>
          <label htmlFor="speaker">{words.audioPanel.speaker}</label>
          <span className={styles['pick']}>
            <Headphones />
            <select
              id="speaker"
              value={speakerId}
              disabled={!canChooseSpeaker}
              onChange={(event) => {
                setSpeakerId(event.target.value);
                void engine?.media.chooseSpeaker(event.target.value);
              }}
            >
              {speakers.some(({ id }) => id === 'default') ? null : <option value="">{words.audioPanel.systemSpeaker}</option>}
              {speakers.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
            <ChevronDown className="small" />
          </span>
          <div className={styles['meter']}>
            <small>{canChooseSpeaker ? words.audioPanel.onlyYou : words.audioPanel.noSpeakerChoice}</small>
            <button type="button" className={styles['pill']} aria-label={words.audioPanel.testSpeaker} onClick={() => void playTestTone(speakerId === '' ? null : speakerId)}>
              {words.audioPanel.test}
            </button>
          </div>
        </div>
      </div>
      <div className={styles['network']} role="status">
        <Signal />
        <div>
          <b>{failed ?? (isChecked ? check.title : words.audioPanel.network[facts.quality ?? 'unknown'])}</b>
          <span>{(isChecked ? check.sentences : networkSentences(facts)).join(' ')}</span>
        </div>
        <button type="button" className={styles['pill']} disabled={check.isRunning} onClick={check.run}>
          {words.networkCheck.again}
        </button>
      </div>
    </StagePanel>
  );
}
