/** A patient's phone: real baresip, spoken to over its control socket. It speaks a recording and records what it hears; it decides nothing. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repeated } from '../audio/speech-match.ts';
import { readRecording, type Recording, writeRecording } from '../audio/wav-file.ts';
import { type BaresipEvent, connectBaresip } from './baresip-control.ts';
import { freeTcpPort, freeUdpPort } from './free-port.ts';
import { startTethered } from './tethered-process.ts';

const MODULES = '/usr/lib/baresip/modules';
const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 10_000;
/** The end of its file would hang the call up: the recording is repeated to at least this. */
const SPEECH_MS = 240_000;

export interface PatientPhoneOptions {
  /** E.164: it answers 404 to calls for anyone else. */
  number: string;
  /** 'manual' rings until `accept`, `hangUp` or its caller's patience ends. */
  answer: 'auto' | 'manual';
  /** What the patient says, over and over; silence if not given. */
  speech?: Recording;
  codecs?: string;
  transport?: 'udp' | 'tcp' | 'tls';
  /** PEM, for TLS: it is the server. */
  certificate?: { cert: string; key: string };
}

export interface PatientPhone {
  /** To call it by SIP without a trunk. */
  readonly uri: string;
  readonly port: number;
  /** Calls a SIP address. */
  dial(uri: string): Promise<void>;
  accept(): Promise<void>;
  /** Ends the call; while ringing, refuses it as busy. */
  hangUp(): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  press(digit: string): Promise<void>;
  /** The digits whose beginning it heard, in order. */
  digitsHeard(): string;
  /** What the call now or last on the line sounded like; undefined before the first packet. */
  heard(): Recording | undefined;
  /** CALL_INCOMING, CALL_RINGING, CALL_ESTABLISHED, CALL_CLOSED, CALL_DTMF_START and others, each returned once. */
  nextEvent(type: string, timeoutMs?: number): Promise<BaresipEvent>;
  readonly events: readonly BaresipEvent[];
  close(): Promise<void>;
}

function configuration(folder: string, sipPort: number, controlPort: number, hasCertificate: boolean): string {
  const modules = ['g711', 'plc', 'aufile', 'aubridge', 'sndfile'];
  const applications = ['account', 'menu', 'ctrl_tcp'];
  return [
    `sip_listen ${HOST}:${sipPort}`,
    ...(hasCertificate ? [`sip_certificate ${join(folder, 'certificate.pem')}`] : []),
    `net_interface ${HOST}`,
    'call_local_timeout 120',
    'call_max_calls 2',
    `audio_source aufile,${join(folder, 'speech.wav')}`,
    'audio_player aubridge,sink',
    'audio_alert aubridge,alert',
    'ausrc_srate 8000',
    'auplay_srate 8000',
    'ausrc_channels 1',
    'auplay_channels 1',
    'jitter_buffer_type fixed',
    'jitter_buffer_delay 3-20',
    // It never hangs up by itself, whatever it does not hear.
    'rtp_timeout 0',
    `module_path ${MODULES}`,
    ...modules.map((name) => `module ${name}.so`),
    `snd_path ${join(folder, 'heard')}`,
    ...applications.map((name) => `module_app ${name}.so`),
    `ctrl_tcp_listen ${HOST}:${controlPort}`,
    '',
  ].join('\n');
}

function longSpeech(speech: Recording | undefined): Recording {
  if (speech === undefined) return { sampleRate: 8000, samples: new Int16Array((8000 * SPEECH_MS) / 1000) };
  return repeated(speech, Math.ceil((SPEECH_MS * speech.sampleRate) / 1000 / speech.samples.length));
}

export async function startPatientPhone(options: PatientPhoneOptions): Promise<PatientPhone> {
  const folder = mkdtempSync(join(tmpdir(), 'quietline-phone-'));
  const listenPort = await (options.transport === undefined || options.transport === 'udp' ? freeUdpPort() : freeTcpPort());
  // It speaks TLS one port above the others.
  const port = options.transport === 'tls' ? listenPort + 1 : listenPort;
  const controlPort = await freeTcpPort();
  mkdirSync(join(folder, 'heard'));
  writeRecording(join(folder, 'speech.wav'), longSpeech(options.speech));
  writeFileSync(join(folder, 'config'), configuration(folder, listenPort, controlPort, options.certificate !== undefined));
  if (options.certificate !== undefined) writeFileSync(join(folder, 'certificate.pem'), `${options.certificate.key}${options.certificate.cert}`);
  const codecs = options.codecs ?? 'PCMU/8000/1,PCMA/8000/1';
  const transport = options.transport === undefined || options.transport === 'udp' ? '' : `;transport=${options.transport}`;
  writeFileSync(join(folder, 'accounts'), `<sip:${options.number}@${HOST}:${port}${transport}>;regint=0;answermode=${options.answer};audio_codecs=${codecs}\n`);
  writeFileSync(join(folder, 'contacts'), '');

  const phone = startTethered('baresip', ['-f', folder], { cwd: folder });
  const control = await connectBaresip(controlPort, START_TIMEOUT_MS).catch(async (cause: unknown) => {
    await phone.kill();
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`baresip did not start:\n${phone.output()}`, { cause });
  });

  const run = async (name: string, params?: string): Promise<void> => void (await control.command(name, params));
  return {
    uri: `sip:${options.number}@${HOST}:${port}`,
    port,
    events: control.events,
    nextEvent: (type, timeoutMs) => control.nextEvent(type, timeoutMs),
    dial: (uri) => run('dial', uri),
    accept: () => run('accept'),
    hangUp: () => run('hangup'),
    hold: () => run('hold'),
    resume: () => run('resume'),
    press: (digit) => run('sndcode', digit),
    digitsHeard: () =>
      control.events
        .filter((event) => event.type === 'CALL_DTMF_START')
        .map((event) => event.param ?? '')
        .join(''),
    heard() {
      const newest = readdirSync(join(folder, 'heard'))
        .filter((name) => name.endsWith('-dec.wav'))
        .toSorted()
        .at(-1);
      return newest === undefined ? undefined : readRecording(join(folder, 'heard', newest));
    },
    async close() {
      control.close();
      await phone.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
