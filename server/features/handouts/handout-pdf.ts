/** The handout as PDF, tagged for screen readers (PDF/UA-1), by typst. What a practice wrote goes in as data, never as markup; typst is given no file and no network. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { HandoutPage, HandoutPaper } from '#contract/handouts.ts';
import { drawQr, encodeQr } from './qr-code.ts';

export interface HandoutPrinter {
  /** Some 5 ms a page once the fonts are open. */
  print(page: HandoutPage, paper: HandoutPaper): Buffer;
}

/** Two weights of each, and no more: a script's whole family is 90 MB. */
const FONT_FILES = [
  '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
  '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
  '@expo-google-fonts/noto-sans-arabic/700Bold/NotoSansArabic_700Bold.ttf',
  '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
];
const FONTS_OF: Readonly<Record<string, readonly string[]>> = { ar: ['Noto Sans Arabic', 'Noto Sans'], zh: ['Noto Sans SC', 'Noto Sans'] };

export function createHandoutPrinter(): HandoutPrinter {
  const require = createRequire(import.meta.url);
  const fontPaths = [...new Set(FONT_FILES.map((file) => dirname(require.resolve(file))))];
  // An empty workspace of its own: a template that named a file would not find one.
  const compiler = NodeCompiler.create({ workspace: join(import.meta.dirname, 'messages'), fontArgs: [{ fontPaths }] });
  const template = readFileSync(join(import.meta.dirname, 'handout.typ'), 'utf8');
  return {
    print(page, paper) {
      const fonts = [...(FONTS_OF[page.language] ?? ['Noto Sans']), 'Noto Sans', 'Noto Sans Arabic', 'Noto Sans SC'];
      const data = JSON.stringify({ page, paper, fonts: [...new Set(fonts)], qr: drawQr(encodeQr(page.card)) });
      const pdf = compiler.pdf({ mainFileContent: template, inputs: { data } }, { pdfStandard: 'ua-1', pdfTags: true });
      compiler.evictCache(10);
      return pdf;
    },
  };
}
