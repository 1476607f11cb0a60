/** How the page is built: into dist/web, nothing inline, so that the strictest content security policy holds. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { minifyContractRouter } from '@orpc/contract';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { apiContract } from '#contract/api.ts';

/** The client needs each route's method and path, not its schemas: those would bring the whole validator before the first paint. */
const slimContract = (): Plugin => ({
  name: 'slim-contract',
  load(id) {
    if (!id.endsWith('/contract/api.ts')) return null;
    return `export const apiContract = ${JSON.stringify(minifyContractRouter(apiContract))};`;
  },
});

const outDir = fileURLToPath(new URL('../dist/web', import.meta.url));

/** Each file also as .br and .gz, made once here, so that the server compresses nothing and a phone at night loads a third. */
const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  closeBundle() {
    for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:js|css|html|svg)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
});

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [slimContract(), react(), precompress()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // Files below this size would become data: addresses, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
