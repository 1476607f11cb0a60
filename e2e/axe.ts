/** What axe finds on a page, as sentences: WCAG 2.2, levels A and AA. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const ALL_RULES = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };

interface Finding {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** `rules`: these alone, where the others were asked of the same screen already. */
export async function axeFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { runOnly: rules === undefined ? ALL_RULES : { type: 'rule', values: rules }, resultTypes: ['violations'] };
  await page.evaluate(`${axe.source}; undefined`);
  // Colours in the middle of a fade belong to no design.
  await page.evaluate('Promise.all(document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime !== Infinity).map((each) => each.finished.catch(() => undefined))).then(() => undefined)');
  const { violations } = await page.evaluate<{ violations: Finding[] }>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')})`);
}
