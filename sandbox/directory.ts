/** Who lives in the sandbox: fictional numbers (555-01xx), made-up names, and what each does when called. Data, and nothing else. */
import type { SandboxBehaviour } from '#contract/api.ts';
import type { PatientScript, PatientStep } from './patient-script.ts';

export interface PracticePatient {
  /** E.164. */
  readonly number: string;
  readonly name: string;
  readonly script: PatientScript;
  /** What they do when they call back and something has answered; without it they never call. */
  readonly callBack?: PatientScript;
}

/** One whom the screen lists, with what happens when one calls; the page has a sentence for each. */
export interface ListedPatient extends PracticePatient {
  readonly behaviour: SandboxBehaviour;
}

const ring = (forMs: number): PatientStep => ({ do: 'ring', forMs });
const say = (voice: string): PatientStep => ({ do: 'say', voice });
/** A turn of conversation: the caller speaks, then stops. */
const turn: PatientStep = { do: 'listen', quietMs: 900, patienceMs: 7000 };
const answer: PatientStep = { do: 'answer' };
const hangUp: PatientStep = { do: 'hang-up' };
/** Nobody speaks in the first half second of a real answer. */
const breath: PatientStep = { do: 'wait', forMs: 500 };

/** Stands for each member's own phone: rung for a call, it is answered, and a hand that hears what is asked presses 1. */
export const practiceOwnPhone: PracticePatient = {
  number: '+16125550154',
  name: 'Your own phone',
  script: [ring(2000), answer, { do: 'wait', forMs: 3000 }, { do: 'press-key', key: '1' }, { do: 'wait', forMs: 1500 }, say('own-phone-hello'), { do: 'wait', forMs: 4 * 3_600_000 }],
};

/** Four cycles of the American ring; then a carrier gives up. */
const CARRIER_PATIENCE_MS = 24_000;

export const practicePatients: readonly ListedPatient[] = [
  {
    number: '+16125550141',
    name: 'Wanda Lindqvist',
    behaviour: 'talks',
    script: [
      ring(2500), answer, breath, say('wanda-hello'),
      { do: 'listen', quietMs: 900, patienceMs: 6000, prompt: 'wanda-there' },
      say('wanda-thanks'), turn, say('wanda-better'), turn, say('wanda-question'), turn, say('wanda-clear'), turn,
      say('wanda-goodbye'), hangUp,
    ],
  },
  {
    number: '+16515550155',
    name: 'Rosa Quintero',
    behaviour: 'speaks-spanish',
    script: [
      ring(2500), answer, breath, say('rosa-hola'),
      { do: 'listen', quietMs: 900, patienceMs: 6000, prompt: 'rosa-bueno' },
      say('rosa-gracias'), turn, say('rosa-mejor'), turn, say('rosa-pregunta'), turn, say('rosa-claro'), turn,
      say('rosa-adios'), hangUp,
    ],
  },
  {
    number: '+16125550142',
    name: 'Echo',
    behaviour: 'echoes',
    script: [ring(1000), answer, breath, say('echo-greeting'), { do: 'play-tone', tone: 'mailbox-beep', forMs: 250 }, { do: 'echo', delayMs: 500 }],
  },
  {
    number: '+16515550143',
    name: 'Bruno Okafor',
    behaviour: 'busy',
    script: [{ do: 'refuse', status: 486, q850: 17 }],
  },
  {
    number: '+16515550144',
    name: 'Nell Abernathy',
    behaviour: 'never-answers',
    // The greeting to its end, its beep included; then what she has to say.
    callBack: [{ do: 'listen', quietMs: 1_500, patienceMs: 40_000 }, say('nell-message'), breath, hangUp],
    script: [ring(CARRIER_PATIENCE_MS), { do: 'refuse', status: 480, q850: 19 }],
  },
  {
    number: '+14805550145',
    name: 'Milo Vance',
    behaviour: 'mailbox',
    script: [
      ring(4000), answer, breath, say('milo-greeting'), { do: 'play-tone', tone: 'mailbox-beep', forMs: 400 },
      { do: 'take-message', quietMs: 10_000, atMostMs: 120_000 }, { do: 'play-tone', tone: 'mailbox-beep', forMs: 200 }, hangUp,
    ],
  },
  {
    number: '+14805550146',
    name: 'Flora Reyes',
    behaviour: 'mailbox-full',
    script: [ring(3000), answer, breath, say('flora-full'), hangUp],
  },
  {
    number: '+16025550147',
    name: 'Hugo Brandt',
    behaviour: 'drops',
    script: [ring(2000), answer, breath, say('hugo-cut'), hangUp],
  },
  {
    number: '+16025550148',
    name: 'Cora Whitfield',
    behaviour: 'screens',
    script: [
      ring(1500), answer, breath, say('cora-screening'),
      { do: 'listen', quietMs: 1200, patienceMs: 8000, otherwise: 'no-name' },
      say('cora-wait'), { do: 'play-tone', tone: 'ringback', forMs: 6000 },
      say('cora-hello'), turn, say('cora-thanks'), hangUp,
      { do: 'label', name: 'no-name' }, say('cora-no-name'), hangUp,
    ],
  },
  {
    number: '+12185550149',
    name: 'Ida Sorensen',
    behaviour: 'not-in-service',
    script: [
      { do: 'open-early-media' }, { do: 'play-tone', tone: 'not-in-service', forMs: 1200 }, say('network-not-in-service'),
      { do: 'refuse', status: 404, q850: 1 },
    ],
  },
  {
    number: '+12185550150',
    name: 'Theo Marsh',
    behaviour: 'announced',
    script: [
      { do: 'open-early-media' }, say('network-connecting'), { do: 'play-tone', tone: 'ringback', forMs: 2000 },
      answer, breath, say('theo-hello'), turn, say('theo-thanks'), hangUp,
    ],
  },
  {
    number: '+12185550151',
    name: 'Greta Novak',
    behaviour: 'declines',
    script: [ring(2500), { do: 'refuse', status: 603, q850: 21 }],
  },
  {
    number: '+15075550152',
    name: 'Pavel Ilic',
    behaviour: 'holds',
    script: [
      ring(2000), answer, breath, say('pavel-moment'), { do: 'hold', forMs: 8000 }, say('pavel-back'), turn, say('pavel-thanks'), hangUp,
    ],
  },
  {
    number: '+15075550153',
    name: 'Pinecrest Pharmacy',
    behaviour: 'reads-keys-back',
    script: [
      ring(1000), answer, breath, say('pharmacy-greeting'),
      { do: 'read-back-keys', quietMs: 1500, patienceMs: 30_000, intro: 'pharmacy-pressed' }, say('pharmacy-goodbye'), hangUp,
    ],
  },
];

const spoken = (voice: string): PatientStep[] => [turn, say(voice)];

/** Answers as a telephone interpreter does, and speaks whenever the others pause: added to a call, she is its third voice. */
export const practiceInterpreter: PracticePatient = {
  number: '+16125550160',
  name: 'Petra, practice interpreter',
  script: [ring(1500), answer, breath, say('petra-hello'), ...['petra-understood', 'petra-answer', 'petra-again', 'petra-understood', 'petra-answer', 'petra-again', 'petra-understood', 'petra-answer'].flatMap(spoken), turn, say('petra-goodbye'), hangUp],
};
