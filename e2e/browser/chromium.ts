/** Starts Debian's Chromium with a recording for its microphone. One browser a test file, one context a member; it knows nothing of the product's pages. */
import { mkdtempSync, rmSync } from 'node:fs';
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

export interface ContextOptions extends BrowserContextOptions {
  /** 'denied' as after "Block" in the browser's question; granted if not said. */
  microphone?: 'granted' | 'denied';
}

export interface ChromiumUnderTest {
  /** A new profile: nothing shared with the others but the microphone's recording. */
  newContext(options?: ContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** The microphone speaks the recording over and over, from the moment it is opened. */
export async function startChromium(speech: Recording): Promise<ChromiumUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'quietline-browser-'));
  const speechPath = join(folder, 'microphone.wav');
  writeRecording(speechPath, speech);
  const browser: Browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [...ARGUMENTS, `--use-file-for-fake-audio-capture=${speechPath}`],
  });
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
