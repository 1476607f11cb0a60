/** How the page is built: into dist/web, nothing inline, so that the strictest content security policy holds. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { minifyContractRouter } from '@orpc/contract';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type Rolldown } from 'vite';
import { apiContract } from '#contract/api.ts';

/** The client needs each route's method and path, not its schemas: those would bring the whole validator before the first paint. */
const slimContract = (): Plugin => ({
  name: 'slim-contract',
  load(id) {
    if (!id.endsWith('/contract/api.ts')) return null;
    return `export const apiContract = ${JSON.stringify(minifyContractRouter(apiContract))};`;
  },
});

/** The policy lets no code be made from text. The validator would try once, be refused and do without; browsers report the try. */
const noCodeFromText = (): Plugin => ({
  name: 'no-code-from-text',
  transform: (code, id) => (id.endsWith('/contract/ids.ts') ? `${code}\nz.config({ jitless: true });` : null),
});

const outDir = fileURLToPath(new URL('../dist/web', import.meta.url));

/** Each file also as .br and .gz, made once here, so that the server compresses nothing and a phone at night loads a third. */
const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  closeBundle() {
    for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:js|css|html|svg|webmanifest)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
});

/** Each language is a file that only its readers load: the worker keeps it once it was loaded. */
const isLanguage = (each: Rolldown.OutputAsset | Rolldown.OutputChunk): boolean => each.type === 'chunk' && /\/web\/messages\/\w+\//.test(each.facadeModuleId ?? '');

/** Tells the service worker which files belong to this version: scripts, styles and letters. */
const appShell = (): Plugin => ({
  name: 'app-shell',
  apply: 'build',
  generateBundle(_options, bundle) {
    const files = Object.entries(bundle).filter(([file, each]) => /^assets\/.*\.(?:js|css|woff2)$/.test(file) && !isLanguage(each)).map(([file]) => `/${file}`).sort();
    const version = createHash('sha256').update(Object.keys(bundle).sort().join()).digest('hex').slice(0, 16);
    const worker = bundle['service-worker.js'];
    if (worker?.type !== 'chunk') throw new Error('The service worker was not built.');
    worker.code = `const SHELL = ${JSON.stringify({ version, files })};\n${worker.code}`;
  },
});

/** The page's first files stand in its head, so that they are loaded side by side and not one after the other is read. */
const preloadApp = (): Plugin => ({
  name: 'preload-app',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle = {} }) {
      const app = Object.values(bundle).find((each) => each.type === 'chunk' && each.facadeModuleId?.endsWith('/web/app.tsx'));
      if (app?.type !== 'chunk') throw new Error('The screens were not built.');
      return [app.fileName, ...app.imports].map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` }, injectTo: 'head' as const }));
    },
  },
});

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [slimContract(), noCodeFromText(), react(), appShell(), preloadApp(), precompress()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // Files below this size would become data: addresses, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      input: [fileURLToPath(new URL('index.html', import.meta.url)), fileURLToPath(new URL('service-worker.ts', import.meta.url))],
      // The worker's address is always the same: a browser asks it for a new version.
      output: { entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
});
