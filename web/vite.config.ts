/** How the page is built: into dist/web, nothing inline, so that the strictest content security policy holds. */
import { fileURLToPath } from 'node:url';
import { minifyContractRouter } from '@orpc/contract';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { apiContract } from '../contract/api.ts';

/** The client needs each route's method and path, not its schemas: those would bring the whole validator before the first paint. */
const slimContract = (): Plugin => ({
  name: 'slim-contract',
  load(id) {
    if (!id.endsWith('/contract/api.ts')) return null;
    return `export const apiContract = ${JSON.stringify(minifyContractRouter(apiContract))};`;
  },
});

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [slimContract(), react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Files below this size would become data: addresses, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
