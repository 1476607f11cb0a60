/** Tests of one file that go on where the one before stopped: after a failure the rest is skipped, and what the screen and the server said last is printed. */
import { beforeEach } from 'vitest';
import type { Page } from 'playwright-core';
import type { Product } from './product.ts';

const LOG_LINES = 15;

async function lastSeen(pages: readonly (Page | undefined)[], product: Product | undefined): Promise<string> {
  const screens = await Promise.all(
    pages.map(async (page, index) => {
      const text = await page?.locator('body').innerText({ timeout: 2000 }).catch((cause: unknown) => `(${String(cause).split('\n')[0]})`);
      return `--- screen ${index + 1}\n${text?.replace(/\n\s*\n/g, '\n') ?? '(no page)'}`;
    }),
  );
  const log = (product?.log() ?? '').split('\n').filter((line) => line !== '' && !line.includes('request-answered'));
  return [...screens, '--- server log', ...log.slice(-LOG_LINES)].join('\n');
}

/** Call once at the top of a file; `pages` and `product` are asked when a test has failed. */
export function tellsOneStory(last: { pages: () => readonly (Page | undefined)[]; product: () => Product | undefined }): void {
  let hasFailed = false;
  beforeEach((context) => {
    if (hasFailed) context.skip('an earlier test of this file failed');
    context.onTestFailed(async () => {
      hasFailed = true;
      process.stderr.write(`${await lastSeen(last.pages(), last.product())}\n`);
    });
  });
}
