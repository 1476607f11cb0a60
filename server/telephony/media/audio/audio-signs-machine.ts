/** Listens to one leg, frame by frame, for what a network or a machine at its end says without words. Owns which detectors listen when; acts on nothing. */
import type { AudioSign, ListenStage } from '../media-port.ts';
import { createBeepDetector } from './beep-detector-machine.ts';
import { createCadenceDetector } from './cadence-detector-machine.ts';
import { createFrameMeasurer } from './frame-measure-policy.ts';
import { createGreetingDetector } from './greeting-detector-machine.ts';
import { createInformationToneDetector, type InformationTone } from './information-tone-detector-machine.ts';
import { createToneRuns } from './tone-run-machine.ts';

export interface AudioSigns {
  /** One frame as it came, or undefined for one that was lost. Tells at most one sign at a time. */
  hear(frame: Int16Array | undefined): AudioSign | undefined;
}

const INFORMATION_SIGNS: Readonly<Record<InformationTone, AudioSign>> = { 'not-in-service': 'not-in-service-tones', 'network-busy': 'network-busy-tones', announcement: 'announcement-tones' };

/** Before the answer a network speaks; behind it a person, a machine, or still a network. */
export function createAudioSigns(stage: ListenStage, country: string): AudioSigns {
  const measurer = createFrameMeasurer();
  const runs = createToneRuns();
  const informationTones = createInformationToneDetector();
  const cadences = createCadenceDetector(country);
  const beeps = stage === 'answered' ? createBeepDetector() : undefined;
  const greetings = stage === 'answered' ? createGreetingDetector() : undefined;
  return {
    hear(frame) {
      const measure = frame === undefined ? undefined : measurer.measure(frame);
      const ended = runs.hear(measure);
      // Each listens to every frame, whoever speaks first.
      const greeting = greetings?.hear(measure?.levelDb);
      const isBeep = beeps?.hear(runs.current(), ended) === true;
      const cadence = cadences.hear(runs.current());
      const information = ended === undefined ? undefined : informationTones.hear(ended);
      if (information !== undefined) return INFORMATION_SIGNS[information];
      if (cadence !== undefined) return cadence === 'busy' ? 'busy-tone' : 'reorder-tone';
      return isBeep ? 'beep' : greeting;
    },
  };
}
