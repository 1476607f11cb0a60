/** A member at the product's page in Chromium: signs in, dials, presses, reads. Finds everything by role and name, as a screen reader does. */
import type { BrowserContext, Page } from 'playwright-core';
import type { Recording } from './audio/wav-file.ts';
import { heardByPage } from './browser/page-ear.ts';

export interface MemberPage {
  readonly page: Page;
  /** Types the number on the keypad and presses Call. */
  dial(number: string): Promise<void>;
  /** Waits for the call's state, as the screen writes it. */
  seesState(words: string | RegExp, timeoutMs?: number): Promise<void>;
  /** Waits for the title of a call that is over. */
  seesEnd(title: string | RegExp, timeoutMs?: number): Promise<void>;
  press(button: string | RegExp): Promise<void>;
  /** Presses keys on the keypad of a live call. */
  pressKeys(keys: string): Promise<void>;
  backToCalls(): Promise<void>;
  heard(): Promise<Recording>;
}

const SLOW_MS = 20_000;

export function atPage(page: Page): MemberPage {
  const press = (name: string | RegExp): Promise<void> => page.getByRole('button', { name, exact: true }).click({ timeout: SLOW_MS });
  return {
    page,
    press,
    async dial(number) {
      await page.getByRole('textbox', { name: 'Number to call' }).fill(number, { timeout: SLOW_MS });
      await page.getByRole('region', { name: 'Dial' }).getByRole('button', { name: /^Call\b/ }).click({ timeout: SLOW_MS });
    },
    async seesState(words, timeoutMs = SLOW_MS) {
      await page.getByRole('region', { name: 'Call', exact: true }).getByText(words, { exact: true }).first().waitFor({ timeout: timeoutMs });
    },
    async seesEnd(title, timeoutMs = SLOW_MS) {
      await page.getByRole('heading', { name: title }).waitFor({ timeout: timeoutMs });
    },
    async pressKeys(keys) {
      await press('Keypad');
      const names: Readonly<Record<string, string>> = { '*': 'Star', '#': 'Hash' };
      for (const key of keys) {
        await page.getByRole('group', { name: 'Keypad' }).getByRole('button', { name: new RegExp(`^${names[key] ?? key}(,|$)`) }).click({ timeout: SLOW_MS });
      }
      await press('Done');
    },
    backToCalls: () => press('Back to Calls'),
    heard: () => heardByPage(page),
  };
}

/** Opens the link in a new tab and waits for the home screen. */
export async function signIn(context: BrowserContext, link: string): Promise<MemberPage> {
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor({ timeout: SLOW_MS });
  return atPage(page);
}
