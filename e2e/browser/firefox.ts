/** Starts Debian's Firefox over WebDriver BiDi with a recording for its microphone; it knows nothing of the product's pages. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { type Recording, writeRecording } from '../audio/wav-file.ts';
import { EAR_SCRIPT } from './page-ear.ts';

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.peerconnection.ice.loopback': true,
};

export interface FirefoxUnderTest {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export async function startFirefox(speech: Recording): Promise<FirefoxUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'quietline-browser-'));
  const speechPath = join(folder, 'microphone.wav');
  writeRecording(speechPath, speech);
  const microphoneScript = readFileSync(join(import.meta.dirname, 'firefox-microphone.js'), 'utf8').replace('SPEECH_WAV_BASE64', readFileSync(speechPath, 'base64'));
  const earScript = readFileSync(EAR_SCRIPT, 'utf8');
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: PREFERENCES,
  });
  return {
    async newPage() {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(`${microphoneScript}\n${earScript}`);
      return page;
    },
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
