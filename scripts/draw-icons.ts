/** Draws the icons of an installed page from the mark (web/public/icon.svg), with Chromium. Run by hand after the mark changes; what it draws is kept in the repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const publicFolder = join(import.meta.dirname, '../web/public');
const mark = readFileSync(join(publicFolder, 'icon.svg'), 'utf8');
/** `share`: of the icon's width, the mark's. A maskable icon keeps it inside the circle of 80 % that every system shows. */
const icons = [
  { name: 'icon-192.png', size: 192, share: 0.8, background: 'transparent' },
  { name: 'icon-512.png', size: 512, share: 0.8, background: 'transparent' },
  { name: 'maskable-512.png', size: 512, share: 0.52, background: '#F2F5F3' },
  { name: 'apple-touch-icon.png', size: 180, share: 0.62, background: '#F2F5F3' },
];

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const { name, size, share, background } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>*{margin:0}body{height:100vh;display:grid;place-items:center;background:${background}}svg{width:${share * 100}vw}</style>${mark}`);
  await page.screenshot({ path: join(publicFolder, 'icons', name), omitBackground: true });
  await page.close();
}
await browser.close();
