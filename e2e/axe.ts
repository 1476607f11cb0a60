/** What axe finds on a page, as sentences: WCAG 2.2, levels A and AA. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const require = createRequire(import.meta.url);
const AXE_SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const ALL_RULES = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };

interface Finding {
  id: string;
  help: string;
  nodes: { html: string; target: string[] }[];
}

/** `rules`: these alone, where the others were asked of the same screen already. */
export async function axeFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { runOnly: rules === undefined ? ALL_RULES : { type: 'rule', values: rules }, resultTypes: ['violations'] };
  // Once a document: to read and compile it costs more than a look, and warm it looks five times as fast.
  if (await page.evaluate<boolean>("typeof axe === 'undefined'")) await page.evaluate(`${AXE_SOURCE}; undefined`);
  // Colours in the middle of a fade belong to no design.
  await page.evaluate('Promise.all(document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime !== Infinity).map((each) => each.finished.catch(() => undefined))).then(() => undefined)');
  const { violations } = await page.evaluate<{ violations: Finding[] }>(`axe.run(document, ${JSON.stringify(options)})`);
  for (const finding of violations) if (finding.id === 'target-size') finding.nodes = await stillTooSmall(page, finding.nodes);
  return violations
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')})`);
}

/** In the light all of it, in the dark what differs there: colours. */
export async function findingsInBothThemes(page: Page): Promise<string[]> {
  const light = await axeFindings(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await axeFindings(page, ['color-contrast']);
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light, ...dark.map((finding) => `in the dark: ${finding}`)];
}

/** Axe counts what a bar at the window's edge covers as too small to touch; who scrolls it out from under the bar can. So each is judged once more in the middle of the window. */
async function stillTooSmall(page: Page, nodes: Finding['nodes']): Promise<Finding['nodes']> {
  const still: Finding['nodes'] = [];
  for (const node of nodes) {
    const selector = node.target.at(-1) ?? '';
    await page.locator(selector).evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const { violations } = await page.evaluate<{ violations: Finding[] }>(`axe.run(${JSON.stringify(selector)}, { runOnly: { type: 'rule', values: ['target-size'] }, resultTypes: ['violations'] })`);
    if (violations.length > 0) still.push(node);
  }
  return still;
}
