/** The page as a browser gets it, measured: Lighthouse's scores of sign-in and home, on a phone and on a desk; and the script that a phone on a slow network loads before it paints, and before home is drawn. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import lighthouse from 'lighthouse';
import { throttling } from 'lighthouse/core/config/constants.js';
import desktop from 'lighthouse/core/config/desktop-config.js';
import puppeteer, { PredefinedNetworkConditions, type Browser, type Page } from 'puppeteer-core';
import { startProduct, type Product } from '../e2e/product.ts';
import { median, report, type Row } from './report.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '3' } } });
const RUNS = Number(options.runs);
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const GOAL_SCORE = 95;
const GOAL_KB = 150;
/** Lighthouse's own phone: this many times slower than a high-end desktop. */
const CPU_SLOWDOWN = 4;
/** Lighthouse: what is longer than this, of a task, blocks; and all that blocks should be less than that. */
const NOT_NOTICED_MS = 50;
const GOAL_BLOCKING_MS = 200;
const BUILT = join(import.meta.dirname, '../dist/web');

const product = await startProduct();
const browser = await puppeteer.launch({ executablePath: '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
const rows: Row[] = [];
/** How fast this machine's processor was found in each run, by Lighthouse's own measure. */
const indices: number[] = [];
let version = '';
try {
  version = await browser.version();
  // Before anybody has signed in, and after: each screen as its people meet it.
  await measureScores('sign-in', '/sign-in');
  await signIn(browser, product);
  await measureScores('home', '/');
  await measureScript();
} finally {
  await browser.close();
  await product.close();
}
report('page', { runs: RUNS, versions: { chromium: version }, note: `phone: slow 4G and a processor four times slower than this one, whose benchmark index is ${Math.round(median(indices))} (a high-end desktop's: 1500 and more); kB are thousands of bytes of script as gzip sends it` }, rows, options.json);

async function signIn(of: Browser, at: Product): Promise<void> {
  const page = await of.newPage();
  await page.goto(at.newLink());
  await page.waitForSelector('nav', { timeout: 30_000 });
  await page.close();
}

/** A page in a browser that has kept no file of the product: signing in has left the service worker with all of them. */
async function firstVisit(): Promise<Page> {
  const page = await browser.newPage();
  const cdp = await page.createCDPSession();
  await cdp.send('Storage.clearDataForOrigin', { origin: product.origin, storageTypes: 'service_workers,cache_storage' });
  await cdp.detach();
  return page;
}

async function measureScores(screen: string, path: string): Promise<void> {
  for (const formFactor of ['phone', 'desk'] as const) await measureAs(screen, path, formFactor, null);
  const slowdown = slowdownHere(median(indices));
  if (slowdown !== CPU_SLOWDOWN) await measureAs(screen, path, 'phone', slowdown);
}

/** By the tables of Lighthouse's docs/throttling.md: what makes a processor of this index a mid-tier phone's, for which four is meant on a high-end desktop. */
function slowdownHere(index: number): number {
  if (index >= 1_500) return CPU_SLOWDOWN;
  return index >= 800 ? 2 : 1;
}

/** `slowdown`: null leaves it to Lighthouse. */
async function measureAs(screen: string, path: string, formFactor: 'phone' | 'desk', slowdown: number | null): Promise<void> {
  const scores = new Map<string, number[]>();
  const blocking: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const result = await load(screen, path, formFactor, slowdown);
    if (new URL(result.lhr.finalDisplayedUrl).pathname !== path) throw new Error(`Lighthouse was led from ${path} to ${result.lhr.finalDisplayedUrl}.`);
    indices.push(result.lhr.environment.benchmarkIndex);
    for (const category of CATEGORIES) if (result.lhr.categories[category] !== undefined) scores.set(category, [...(scores.get(category) ?? []), (result.lhr.categories[category]?.score ?? 0) * 100]);
    blocking.push(ownBlockingMs(result.artifacts.Trace));
    // What it found wrong, once, for whoever wants to mend it.
    if (run === 0 && slowdown === null) for (const audit of faultsOf(result.lhr)) console.error(`${screen}, ${formFactor}: ${audit}`);
  }
  for (const [category, all] of scores) rows.push({ metric: `${screen}, ${formFactor}${slowdown === null ? '' : `, slowdown calibrated to this processor (${slowdown})`}: ${category}`, unit: 'of 100', ours: median(all), goal: GOAL_SCORE, goalOf: 'ours', better: 'more' });
  if (formFactor === 'phone' && slowdown === null) rows.push({ metric: `${screen}, phone: blocking by the page's own processor time`, unit: 'ms', ours: median(blocking), goal: GOAL_BLOCKING_MS, goalOf: 'ours', better: 'less' });
}

/** The browser's trace now and then lacks its own beginning; Lighthouse then asks to be run again. */
const TRIES = 3;

async function load(screen: string, path: string, formFactor: 'phone' | 'desk', slowdown: number | null): Promise<NonNullable<Awaited<ReturnType<typeof lighthouse>>>> {
  for (let tries = 1; ; tries += 1) {
    const page = await firstVisit();
    // The session stays, and nothing else: each run is a first load.
    const result = await lighthouse(product.origin + path, { onlyCategories: slowdown === null ? [...CATEGORIES] : ['performance'], disableStorageReset: true, logLevel: 'error', ...(slowdown === null ? {} : { throttling: { ...throttling.mobileSlow4G, cpuSlowdownMultiplier: slowdown } }) }, formFactor === 'desk' ? desktop : undefined, page);
    await page.close();
    if (result !== undefined && result.lhr.runtimeError === undefined) return result;
    if (tries === TRIES) throw new Error(`Lighthouse could not load ${screen}: ${result?.lhr.runtimeError?.message ?? 'it said nothing'}`);
  }
}

/**
 * Blocking as Lighthouse reckons it, but of the processor time that each task of the page took: its own reckoning goes by the clock, and so counts whatever
 * the machine did meanwhile. With two cores for a browser of five processes, a server and Lighthouse itself that is most of it.
 */
function ownBlockingMs({ traceEvents }: { readonly traceEvents: ReadonlyArray<{ readonly name: string; readonly pid: number; readonly tid: number; readonly args: { readonly name?: string }; readonly tdur?: number }> }): number {
  const threadOf = ({ pid, tid }: { readonly pid: number; readonly tid: number }): string => `${pid} ${tid}`;
  const perThread = new Map(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map((event) => [threadOf(event), { all: 0, blocking: 0 }]));
  for (const event of traceEvents) {
    const thread = perThread.get(threadOf(event));
    if (thread === undefined || !event.name.endsWith('RunTask')) continue;
    const ms = (event.tdur ?? 0) / 1_000;
    thread.all += ms;
    thread.blocking += Math.max(0, ms * CPU_SLOWDOWN - NOT_NOTICED_MS);
  }
  // Other pages' threads have next to nothing to do.
  return [...perThread.values()].reduce((busiest, thread) => (thread.all > busiest.all ? thread : busiest), { all: 0, blocking: 0 }).blocking;
}

function faultsOf({ audits, categories }: NonNullable<Awaited<ReturnType<typeof lighthouse>>>['lhr']): string[] {
  return CATEGORIES.flatMap((category) => (categories[category]?.auditRefs ?? []).filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9).map(({ id }) => `${category}: ${audits[id]?.title ?? id} (${audits[id]?.displayValue ?? audits[id]?.score})`));
}

/** By the files that were there at that moment, on a network slow enough that what comes later is not there yet. */
async function measureScript(): Promise<void> {
  const painted: number[] = [];
  const drawn: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const page = await firstVisit();
    const cdp = await page.createCDPSession();
    await cdp.send('Network.enable');
    await cdp.send('Network.setBypassServiceWorker', { bypass: true });
    await page.setCacheEnabled(false);
    await page.emulateNetworkConditions(PredefinedNetworkConditions['Slow 4G']);
    await page.emulateCPUThrottling(CPU_SLOWDOWN);
    await page.evaluateOnNewDocument(`new MutationObserver(() => document.querySelector('h1') && performance.getEntriesByName('home-drawn').length === 0 && performance.mark('home-drawn')).observe(document, { childList: true, subtree: true })`);
    await page.goto(product.origin);
    await page.waitForFunction(`performance.getEntriesByName('home-drawn').length > 0 && performance.getEntriesByName('first-contentful-paint').length > 0`, { timeout: 120_000 });
    const seen = (await page.evaluate(`({
      painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
      drawn: performance.getEntriesByName('home-drawn')[0].startTime,
      scripts: performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).map(({ name, responseEnd }) => ({ path: new URL(name).pathname, at: responseEnd })),
    })`)) as { painted: number; drawn: number; scripts: Array<{ path: string; at: number }> };
    const kBUntil = (instant: number): number => seen.scripts.filter(({ at }) => at > 0 && at <= instant).reduce((sum, { path }) => sum + statSync(join(BUILT, `${path}.gz`)).size, 0) / 1_000;
    painted.push(kBUntil(seen.painted));
    drawn.push(kBUntil(seen.drawn));
    await page.close();
  }
  rows.push({ metric: 'first load of home: script before first paint', unit: 'kB', ours: median(painted), goal: GOAL_KB, goalOf: 'ours', better: 'less' });
  rows.push({ metric: 'first load of home: script before home is drawn', unit: 'kB', ours: median(drawn), goal: GOAL_KB, goalOf: 'ours', better: 'less' });
}
