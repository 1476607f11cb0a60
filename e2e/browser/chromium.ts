/** Starts Debian's Chromium with a recording for its microphone. One browser a test file, one context a member; it knows nothing of the product's pages. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { type Recording, writeRecording } from '../audio/wav-file.ts';
import { EAR_SCRIPT } from './page-ear.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // A machine without a network has no other address to offer, and the tests must pass there too.
  '--allow-loopback-in-peer-connection',
];

export const CHROMIUM = '/usr/bin/chromium';
/** The same Chromium without a window around its pages, which costs a renderer of its own. It cannot ask for the microphone, so it never refuses it. */
const SHELL = '/usr/bin/chromium-headless-shell';

export interface ContextOptions extends BrowserContextOptions {
  /** 'denied' as after "Block" in the browser's question, which the shell does not heed; granted if not said. */
  microphone?: 'granted' | 'denied';
}

export interface ChromiumUnderTest {
  /** A new profile: nothing shared with the others but the microphone's recording. */
  newContext(options?: ContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** A browser on another host than ours. */
export interface BrowserPlace {
  /** What runs a command there: put before it. */
  readonly inside: readonly string[];
  /** PEM of an authority it trusts besides the usual ones: WebRTC has no switch for that. */
  readonly authority: string;
}

/** The microphone speaks the recording over and over, from the moment it is opened. */
export async function startChromium(speech: Recording, place?: BrowserPlace): Promise<ChromiumUnderTest> {
  return launch(speech, (folder) => (place === undefined ? CHROMIUM : chromiumAt(folder, place)), []);
}

/** For stories of pages, whose sound nobody listens to and who are not refused the microphone: `startChromium` at less cost. */
export async function startChromiumShell(speech: Recording): Promise<ChromiumUnderTest> {
  const isInstalled = existsSync(SHELL);
  if (!isInstalled) process.emitWarning(`${SHELL} is not installed (scripts/testing/install-debian-packages installs it): ${CHROMIUM} takes its place, and more time.`);
  return launch(speech, () => (isInstalled ? SHELL : CHROMIUM), ['--use-fake-ui-for-media-stream']);
}

async function launch(speech: Recording, program: (folder: string) => string, words: readonly string[]): Promise<ChromiumUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'quietline-browser-'));
  const speechPath = join(folder, 'microphone.wav');
  writeRecording(speechPath, speech);
  const browser: Browser = await chromium.launch({ executablePath: program(folder), headless: true, args: [...ARGUMENTS, ...words, `--use-file-for-fake-audio-capture=${speechPath}`] });
  return {
    async newContext({ microphone = 'granted', ...options } = {}) {
      const context = await browser.newContext({ ...options, permissions: microphone === 'granted' ? ['microphone'] : [] });
      await context.addInitScript({ path: EAR_SCRIPT });
      return context;
    },
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A script that starts it there, in a home that trusts the authority. Returns the script's path. */
function chromiumAt(folder: string, { inside, authority }: BrowserPlace): string {
  const trusted = join(folder, '.pki/nssdb');
  mkdirSync(trusted, { recursive: true });
  writeFileSync(join(folder, 'authority.pem'), authority);
  execFileSync('certutil', ['-d', `sql:${trusted}`, '-N', '--empty-password']);
  execFileSync('certutil', ['-d', `sql:${trusted}`, '-A', '-t', 'C,,', '-n', 'authority', '-i', join(folder, 'authority.pem')]);
  const script = join(folder, 'chromium');
  writeFileSync(script, `#!/bin/sh\nHOME='${folder}' exec ${inside.join(' ')} ${CHROMIUM} "$@"\n`, { mode: 0o755 });
  return script;
}
