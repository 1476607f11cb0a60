/** How people come in, and what they and their admin keep: the first run, each way of signing in, invitations, sessions, tokens, the lock; with a real mail server and a real community beside the product. */
import { Client } from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { totpCode } from '#server/features/members/totp.ts';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { findingsInBothThemes } from './axe.ts';
import { type ChromiumUnderTest, startChromiumShell } from './browser/chromium.ts';
import { giveAuthenticator, type VirtualAuthenticator } from './browser/virtual-authenticator.ts';
import { atPage } from './member-page.ts';
import { type CommunityProvider, startCommunityProvider } from './peers/community-provider.ts';
import { type MailServer, startMailServer } from './peers/mail-server.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

const SLOW_MS = 20_000;

let mail: MailServer;
let community: CommunityProvider;
let product: Product;
let chromium: ChromiumUnderTest;
/** The operator, who becomes the first admin of Hilltop. */
let admin: Page;
let adminKeys: VirtualAuthenticator;
/** Sam, who is invited by mail. */
let sam: Page;
/** Sam's, who came in there with a recovery code. */
let tablet: Page;

tellsOneStory({ pages: () => [admin, sam, tablet], product: () => product });

beforeAll(async () => {
  mail = await startMailServer();
  community = await startCommunityProvider((login) => `Dr. ${login}`);
  product = await startProduct({ environment: (origin) => ({ ...community.settingsFor(origin), QUIETLINE_SMTP_URL: mail.url, QUIETLINE_MAIL_FROM: 'Hilltop <calls@hilltop.example>' }) });
  chromium = await startChromiumShell(excerpt(spokenClip('physician'), 0, 6000));
});
afterAll(async () => {
  await chromium?.close();
  await product?.close();
  await community?.close();
  await mail?.close();
});

const newPage = async (): Promise<Page> => (await chromium.newContext({ timezoneId: 'America/Chicago', viewport: { width: 1280, height: 800 } })).newPage();
const press = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).first().click({ timeout: SLOW_MS });
const sees = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor({ timeout: SLOW_MS });
const seesCalls = (page: Page): Promise<void> => page.getByRole('heading', { name: 'Calls', exact: true }).waitFor({ timeout: SLOW_MS });
const openSettings = (page: Page, section: string): Promise<unknown> => page.goto(`${product.origin}/settings/${section}`);

/** In both themes, on a desk and on a phone: nothing for axe to find, nothing to scroll sideways. */
async function judge(page: Page): Promise<void> {
  for (const [width, height] of [[390, 844], [1280, 800]] as const) {
    await page.setViewportSize({ width, height });
    expect(await findingsInBothThemes(page), `${page.url().split('#')[0]} at ${width}`).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
  }
}

/** By the second way: a mailed link, then each code in turn; all but the last are refused. */
async function comeByMail(page: Page, codes: readonly string[]): Promise<void> {
  await page.goto(`${product.origin}/sign-in`);
  await page.getByLabel('No passkey on this device?').fill('sam@hilltop.example');
  const link = mail.nextTo('sam@hilltop.example');
  await press(page, 'E-mail a link');
  await page.goto(linkIn(await link));
  for (const code of codes) {
    await page.getByLabel(/Code of your authenticator/).fill(code);
    await press(page, 'Sign in');
    if (code !== codes.at(-1)) await sees(page, /This code is not right/);
  }
  await seesCalls(page);
}

const linkIn = (text: string): string => /http:\/\/localhost:\d+\/\S*#[\w-]{43}/.exec(text)![0];

describe('the first run', () => {
  it('is nobody’s but the operator’s', async () => {
    const stranger = await newPage();
    await stranger.goto(`${product.origin}/set-up`);
    await sees(stranger, 'Only the operator sets up a practice.');
    await judge(stranger);
    await stranger.context().close();
  });

  it('leads from the printed link to a practice of one’s own, with a passkey', async () => {
    admin = await newPage();
    adminKeys = await giveAuthenticator(admin);
    // The address first, as one does; then the link, put into the same tab: the browser loads nothing anew.
    await admin.goto(`${product.origin}/sign-in`);
    await sees(admin, 'Sign in with a passkey');
    await admin.goto(product.signInLink());
    await seesCalls(admin);
    await admin.getByRole('link', { name: 'Set up' }).click();
    // Guessed from the browser.
    expect(await admin.getByLabel('Country').inputValue()).toBe('US');
    expect(await admin.getByLabel('Time zone').inputValue()).toBe('America/Chicago');
    await press(admin, 'Next: your sign-in');
    await sees(admin, 'Write the name that patients know.');
    await admin.getByLabel('Name, as patients know it').fill('Hilltop');
    await judge(admin);
    await press(admin, 'Next: your sign-in');
    await admin.getByLabel('Your name').fill('Dr. Ann Hill');
    await adminKeys.setAgreeing(false);
    await press(admin, 'Make a passkey');
    await sees(admin, 'No passkey was made, and no practice.');
    await adminKeys.setAgreeing(true);
    await judge(admin);
    await press(admin, 'Make a passkey');
    await sees(admin, 'A spare, for the day this device is lost');
    // A reload goes on where one was: no second practice is made.
    await admin.reload();
    await press(admin, 'Next: phone carrier');
    await sees(admin, 'No carrier is connected');
    await judge(admin);
    await press(admin, 'Next: a proven line');
    await judge(admin);
    await press(admin, 'Open Calls');
    await seesCalls(admin);
    await sees(admin, /^Hilltop, \(\d{3}\) 555-01\d\d$/);
    expect(await adminKeys.count()).toBe(1);
  });
});

describe('a member', () => {
  it('comes back with a passkey, into the practice they were in last, and goes to another of theirs without signing in again', async () => {
    await openSettings(admin, 'me');
    await press(admin, 'Sign out');
    await press(admin, 'Sign in with a passkey');
    await seesCalls(admin);
    await sees(admin, 'Hilltop');
    await openSettings(admin, 'me');
    await press(admin, 'Go there');
    await seesCalls(admin);
    await sees(admin, 'Lakeside Clinic');
    await openSettings(admin, 'practices');
    await sees(admin, /you are here/);
    await judge(admin);
    await openSettings(admin, 'me');
    await press(admin, 'Go there');
    await seesCalls(admin);
    await sees(admin, 'Hilltop');
  });

  it('is invited by mail, and joins with a passkey of their own', async () => {
    await openSettings(admin, 'members');
    await press(admin, 'Invite');
    await admin.getByLabel('Name, as colleagues know it').fill('Sam Reed');
    await admin.getByLabel('E-mail, if the link may be mailed').fill('sam@hilltop.example');
    const invitation = mail.nextTo('sam@hilltop.example');
    await press(admin, 'Invite');
    await sees(admin, 'The link is on its way to Sam Reed.');
    await judge(admin);
    sam = await newPage();
    await giveAuthenticator(sam);
    await sam.goto(linkIn(await invitation));
    await sees(sam, 'Join Hilltop');
    await judge(sam);
    await press(sam, 'Make a passkey and join');
    await seesCalls(sam);
    await openSettings(admin, 'members');
    await sees(admin, /One passkey, no spare/);
  });

  it('names a passkey, and makes a second way in: a mailed link with a code, and recovery codes for a lost one', async () => {
    await openSettings(sam, 'me');
    await press(sam, /another name/);
    await sam.getByLabel(/^New name of/).fill('Ward tablet');
    await sam.getByRole('form').or(sam.locator('form')).getByRole('button', { name: 'Save' }).last().click();
    await sees(sam, 'Ward tablet');
    await press(sam, 'Set it up');
    const secret = (await sam.getByText(/^(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).innerText()).replaceAll(' ', '');
    const step = Math.floor(Date.now() / 30_000);
    await sam.getByLabel('The six digits it shows').fill(totpCode(secret, step));
    await sam.getByLabel('Your e-mail address').fill('sam@hilltop.example');
    await press(sam, 'Confirm');
    const codes = sam.getByLabel('Recovery codes').getByRole('listitem');
    await codes.first().waitFor({ timeout: SLOW_MS });
    const recovery = (await codes.allInnerTexts()).map((code) => code.trim());
    expect(recovery).toHaveLength(10);
    await judge(sam);
    await press(sam, 'They are written down');
    await sees(sam, /10 recovery codes are left/);

    // The code of the step before was used to confirm: the next one is good already.
    const elsewhere = await newPage();
    await comeByMail(elsewhere, ['000000', totpCode(secret, step + 1)]);
    await elsewhere.context().close();
    tablet = await newPage();
    await comeByMail(tablet, [recovery[0]!]);
    await sam.reload();
    await sees(sam, /9 recovery codes are left/);
  });

  it('comes through a community, and sees only what is theirs', async () => {
    const ana = await newPage();
    await ana.goto(`${product.origin}/sign-in`);
    await press(ana, 'Continue with your community');
    await ana.locator('input[name=login]').fill('Ruiz');
    await ana.locator('input[name=password]').fill('x');
    await ana.locator('button[type=submit]').click();
    await ana.locator('button[type=submit]').click();
    await seesCalls(ana);
    // The installation's own practice, now that there is one beside the demo.
    await sees(ana, 'Hilltop');
    await openSettings(ana, 'members');
    await sees(ana, 'This section is not there, or is for practice admins only.');
    await ana.context().close();
  });

  it('ends a session elsewhere, which knows it at once', async () => {
    await seesCalls(tablet);
    await sam.reload();
    await press(sam, 'Sign out everywhere else');
    await sees(tablet, 'You were signed out.');
    await tablet.context().close();
    await seesCalls((await sam.goto(product.origin), sam));
  });
});

describe('a program', () => {
  it('reaches as far as its token says, until it is revoked', async () => {
    await openSettings(sam, 'me');
    await press(sam, 'Make a token');
    await sam.getByLabel('What it is for').fill('Nightly export');
    await press(sam, 'Make the token');
    await sees(sam, 'Choose at least one thing');
    await sam.getByLabel('Read who the token acts as').check();
    await judge(sam);
    await press(sam, 'Make the token');
    const token = await sam.getByLabel('The new token').innerText();
    const ask = (path: string): Promise<Response> => fetch(`${product.origin}/api${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await ask('/session')).json()).toMatchObject({ member: { name: 'Sam Reed' } });
    const refused = await ask('/members');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'application/problem+json; charset=utf-8']);
    await press(sam, 'It is kept safe');
    await sees(sam, /Last used/);
    await press(sam, /^Revoke/);
    await sam.getByText('Nightly export').waitFor({ state: 'detached', timeout: SLOW_MS });
    expect((await ask('/session')).status).toBe(401);
  });
});

describe('the lock', () => {
  it('hides names and lists, keeps a live call’s bar, and opens to the same person', async () => {
    await sam.goto(product.origin);
    const member = atPage(sam);
    await sam.getByRole('region', { name: 'Practice patients' }).getByRole('button', { name: /Echo/ }).click();
    await member.seesState('Talking');
    const database = new Client({ connectionString: product.databaseUrl() });
    await database.connect();
    await database.query(`update session set last_active_at = now() - interval '16 minutes' where member_id in (select id from member where name = 'Sam Reed')`);
    await database.end();
    // Whatever is asked for first tells the page.
    await sam.getByRole('link', { name: 'Contacts' }).first().click();
    await sam.getByRole('heading', { name: 'Locked' }).waitFor({ timeout: SLOW_MS });
    await sees(sam, /^Talking/);
    expect(await sam.getByText('Echo').count()).toBe(0);
    await judge(sam);
    await press(sam, 'Unlock with a passkey');
    await sam.getByRole('heading', { name: 'Contacts' }).first().waitFor({ timeout: SLOW_MS });
    // The bar was there all the while; nothing of the call has changed.
    await sees(sam, /^Talking/);
    await press(sam, 'End call');
  });
});

describe('an admin', () => {
  it('stops a member’s sign-in, whose page is told at once and who cannot come back', async () => {
    await seesCalls((await sam.goto(product.origin), sam));
    await openSettings(admin, 'members');
    await press(admin, 'Stop sign-in of Sam Reed');
    await sees(admin, 'May not sign in');
    await sees(sam, /You were signed out\.|Sign in with a passkey/);
    await sam.goto(`${product.origin}/sign-in`);
    await press(sam, 'Sign in with a passkey');
    await sees(sam, 'This passkey opens nothing here.');
  });

  it('invites them back, for whom a new passkey is made: they are who they were', async () => {
    await press(admin, 'Invite back Sam Reed');
    const link = await admin.getByLabel('Invitation link for Sam Reed').innerText();
    await judge(admin);
    const again = await newPage();
    await giveAuthenticator(again);
    await again.goto(linkIn(link));
    await press(again, 'Make a passkey and join');
    await seesCalls(again);
    // The call of before is theirs still.
    expect(await again.evaluate(`fetch('/api/calls').then((answer) => answer.json()).then(({ calls }) => calls.length)`)).toBeGreaterThan(0);
    await openSettings(again, 'me');
    await sees(again, 'Sam Reed');
    await again.context().close();
    await openSettings(admin, 'members');
    expect(await admin.getByText('May not sign in').count()).toBe(0);
  });

  it('reads all of it in the audit, takes it away, and has its chain checked', async () => {
    await openSettings(admin, 'audit');
    await sees(admin, 'The chain is whole');
    await press(admin, 'Check from the first');
    await admin.getByText(/^The chain is whole, \d+ entries$/u).waitFor({ timeout: SLOW_MS });
    await judge(admin);
    const entries = admin.getByRole('list', { name: 'Audit' });
    await entries.getByText('Invited somebody').waitFor({ timeout: SLOW_MS });
    await admin.getByRole('combobox', { name: 'Act' }).selectOption('member-disabled');
    await entries.getByText('Invited somebody').waitFor({ state: 'detached', timeout: SLOW_MS });
    await entries.getByText('Stopped a member’s sign-in').waitFor({ timeout: SLOW_MS });
    const download = admin.waitForEvent('download');
    await press(admin, 'Save as CSV');
    expect((await download).suggestedFilename()).toBe('audit.csv');
    await sees(admin, '1 entry saved.');
    await press(admin, 'Show all');
    await entries.getByText('Exported the audit').waitFor({ timeout: SLOW_MS });
    await openSettings(admin, 'data');
    await sees(admin, 'No backup was ever made');
    await judge(admin);
  });
});

// Last: for the rest of a minute nobody comes in from this machine.
describe('a clinic behind one address', () => {
  it('is told when too many came in at once, and not that the passkey or the link is wrong', async () => {
    const askOften = async (): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: 31 }, () => fetch(`${product.origin}/api/sign-in/passkey/start`, { method: 'POST' })));
      return Math.max(...answers.map(({ headers }) => Number(headers.get('retry-after'))));
    };
    // Enough of the minute has to be left for what follows.
    await expect.poll(askOften, { timeout: 40_000, interval: 1_000 }).toBeGreaterThan(20);
    const late = await newPage();
    await late.goto(`${product.origin}/sign-in`);
    await press(late, 'Sign in with a passkey');
    await sees(late, /^Too many tries to sign in from your network/);
    await late.goto(`${product.origin}/join#${'x'.repeat(43)}`);
    await sees(late, /^Too many tries to sign in from your network/);
    // Its link is in the address no more: a reload would not do.
    const asked = late.waitForResponse('**/api/invitations/open');
    await press(late, 'Try again');
    expect((await asked).status()).toBe(429);
    await sees(late, /^Too many tries to sign in from your network/);
    await judge(late);
    await late.context().close();
  });
});
