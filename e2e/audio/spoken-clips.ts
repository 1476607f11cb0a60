/** The speech the tests speak: English prompts of the Debian package asterisk-core-sounds-en-wav (8 kHz). Says how to get them where they are missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording, type Recording } from './wav-file.ts';

const FOLDER = '/usr/share/asterisk/sounds/en_US_f_Allison';

const CLIPS = {
  /** 22 s. */
  physician: 'conf-adminmenu-18',
  /** 31 s. */
  patient: 'priv-callee-options',
  /** 22 s: spoken by nobody in the tests, so that "the wrong speech" can be judged. */
  stranger: 'demo-echotest',
} as const;

export function spokenClip(who: keyof typeof CLIPS): Recording {
  const path = join(FOLDER, `${CLIPS[who]}.wav`);
  if (!existsSync(path)) throw new Error(`${path} is missing: apt-get install asterisk-core-sounds-en-wav`);
  return readRecording(path);
}
