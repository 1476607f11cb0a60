/** The handout as a web page for patients. Pure. Everything a practice wrote is escaped; no script, nothing from elsewhere. */
import type { HandoutPage, HandoutSpan } from '#contract/handouts.ts';

export interface PublicPageLinks {
  /** The page's own path: "/h/k7m2x". */
  readonly path: string;
  readonly languages: ReadonlyArray<{ readonly language: string; readonly name: string }>;
}

export function encodeHandoutHtml(page: HandoutPage, { path, languages }: PublicPageLinks): string {
  const paragraphs = (all: ReadonlyArray<readonly HandoutSpan[]>): string => all.map((spans) => `<p>${spans.map(encodeSpan).join('')}</p>`).join('');
  const links = languages.map(({ language, name }) => (language === page.language ? `<b lang="${language}" aria-current="true">${escapeHtml(name)}</b>` : `<a lang="${language}" hreflang="${language}" href="${path}/${language}">${escapeHtml(name)}</a>`)).join(' ');
  const numbers = `<section class="numbers"><img src="${path}/qr.svg" alt="" width="132" height="132"><div><h2>${escapeHtml(page.numbers.heading)}</h2><p>${escapeHtml(page.numbers.body)}</p>
<dl>${page.numbers.lines.map(({ name, number, dial }) => `<div><dt>${escapeHtml(name)}</dt><dd><bdi dir="ltr">${linkNumber(number, dial)}</bdi></dd></div>`).join('')}</dl>
<p><a href="${path}/numbers.vcf">${escapeHtml(page.numbers.save)}</a></p></div></section>`;
  return `<!doctype html>
<html lang="${page.language}" dir="${page.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(`${page.title} – ${page.practiceName}`)}</title>
<link rel="stylesheet" href="/h/handout.css">
</head>
<body>
<main>
<p class="practice">${escapeHtml(page.practiceName)}</p>
<h1>${escapeHtml(page.title)}</h1>
${page.machineMade === null ? '' : `<p class="machine">${escapeHtml(page.machineMade)}</p>`}
<section class="emergency"><h2>${escapeHtml(page.emergency.heading)}</h2><div>${paragraphs(page.emergency.paragraphs)}</div></section>
${page.sections.map(({ heading, paragraphs: all }) => `<section><h2>${escapeHtml(heading)}</h2><div>${paragraphs(all)}</div></section>`).join('\n')}
${page.numbers.lines.length === 0 ? '' : numbers}
</main>
<footer><nav>${links}</nav><p>${['letter', 'a4', 'large-print'].map((paper) => `<a href="${path}/${page.language}/${paper}.pdf">PDF, <bdi>${escapeHtml(PAPER_NAMES[paper] ?? page.largePrint)}</bdi></a>`).join(' ')}</p><p>${escapeHtml(page.footer)}</p></footer>
</body>
</html>
`;
}

const PAPER_NAMES: Readonly<Record<string, string>> = { letter: 'Letter', a4: 'A4' };

/** Read from a phone in the hand and from paper: one column, large type, the emergency first. */
export const HANDOUT_CSS = `:root{color-scheme:light dark;--canvas:#fff;--ink:#10201b;--ink-2:#35443f;--pine:#0a5a48;--line:#d9e0dd;--dark:#10201b;--on-dark:#fff;--caution:#fff1d5;--caution-ink:#654000}
@media (prefers-color-scheme:dark){:root{--canvas:#121a17;--ink:#eef4f1;--ink-2:#cad6d1;--pine:#79d9b8;--line:#33413b;--dark:#eef4f1;--on-dark:#10201b;--caution:#33260b;--caution-ink:#ffd58a}}
*{box-sizing:border-box}body{margin:0;background:var(--canvas);color:var(--ink);font:440 1.1875rem/1.5 system-ui,"Noto Sans","Noto Sans Arabic","Noto Sans SC",sans-serif}
main,footer{max-width:44rem;margin:0 auto;padding:1.5rem 1.25rem}h1{font-size:2rem;line-height:1.2;letter-spacing:-.014em;margin:.25rem 0 1.25rem;text-wrap:balance}:lang(ar) h1,:lang(zh) h1{letter-spacing:0}
h2{font-size:1.1875rem;margin:0}p{margin:0 0 .5rem}.practice{color:var(--pine);font-weight:640}
section{display:grid;grid-template-columns:9rem 1fr;gap:.25rem 1.25rem;border-top:1px solid var(--line);padding:1rem 0}
section.emergency{background:var(--dark);color:var(--on-dark);border:0;border-radius:14px;padding:1rem 1.25rem;margin:0 -1.25rem 1rem}
.numbers img{background:#fff;padding:6px;border-radius:8px}dl{margin:0 0 .75rem}dl div{display:flex;gap:1rem;align-items:baseline;margin-bottom:.5rem;justify-content:space-between;max-width:22rem}dd{margin:0;font-weight:600;white-space:nowrap;font-variant-numeric:tabular-nums}
.machine{background:var(--caution);color:var(--caution-ink);border-radius:12px;padding:.625rem 1rem}a{color:var(--pine)}footer{border-top:1px solid var(--line);color:var(--ink-2);font-size:1rem}footer a,footer b{display:inline-block;padding:.5rem .75rem .5rem 0;min-height:44px}
.n a,dd a{color:inherit;padding-block:.5rem}.n{white-space:nowrap;font-variant-numeric:tabular-nums}
@media (max-width:34rem){section{grid-template-columns:1fr}}
@media print{footer nav,footer p:nth-child(2){display:none}body{font-size:12pt}}
`;

function encodeSpan({ text, isBold, dial }: HandoutSpan): string {
  const inner = dial === undefined ? escapeHtml(text) : `<bdi dir="ltr" class="n">${linkNumber(text, dial)}</bdi>`;
  return isBold ? `<b>${inner}</b>` : inner;
}

/** Most of those who read it hold the phone in their hand. */
function linkNumber(text: string, dial: string): string {
  return `<a href="tel:${escapeHtml(dial)}">${escapeHtml(text)}</a>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
