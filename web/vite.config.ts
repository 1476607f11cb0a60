/** How the page is built: into dist/web, nothing inline, so that the strictest content security policy holds. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { minifyContractRouter } from '@orpc/contract';
import react from '@vitejs/plugin-react';
import { defineConfig, type HtmlTagDescriptor, type Plugin, type Rolldown } from 'vite';
import { apiContract } from '#contract/api.ts';
import { APP, chooseChunk, HOME, SIGN_IN } from './page-chunks.ts';

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

/** Each picture by its own file. By the library's index every picture of every screen would come with the first one. */
const onePictureAFile = (): Plugin => {
  const index = readFileSync(fileURLToPath(new URL('../node_modules/lucide-react/dist/esm/lucide-react.mjs', import.meta.url)), 'utf8');
  const fileOf = new Map([...index.matchAll(/export \{([^}]+)\} from '\.\/icons\/([\w-]+)\.mjs'/g)].flatMap(([, names, file]) => names!.split(',').map((name) => [name.replace('default as', '').trim(), file!])));
  return {
    name: 'one-picture-a-file',
    enforce: 'pre',
    transform: (code, id) =>
      id.includes('/web/')
        ? code.replace(/import \{([^}]*)\} from 'lucide-react';/, (_whole, names: string) =>
            names
              .split(',')
              .map((name) => name.trim())
              .filter((name) => fileOf.has(name))
              .map((name) => `import ${name} from 'lucide-react/icons/${fileOf.get(name)}';`)
              .join(' '),
          )
        : null,
  };
};

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const outDir = fileURLToPath(new URL('../dist/web', import.meta.url));

/** Each file also as .br and .gz, made once here, so that the server compresses nothing and a phone at night loads a third. */
const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  writeBundle(_options, bundle) {
    for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:js|css|html|svg|webmanifest)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const file = relative(outDir, path);
      // Those of earlier builds were made then.
      if (file.startsWith('assets/') && bundle[file] === undefined) continue;
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
  generateBundle: {
    // Once it stands which files there are: one that is missing keeps the worker from being installed.
    order: 'post',
    handler(_options, bundle) {
      const files = Object.entries(bundle).filter(([file, each]) => /^assets\/.*\.(?:js|css|woff2)$/.test(file) && !isLanguage(each)).map(([file]) => `/${file}`).sort();
      const version = createHash('sha256').update(Object.keys(bundle).sort().join()).digest('hex').slice(0, 16);
      const worker = bundle['service-worker.js'];
      if (worker?.type !== 'chunk') throw new Error('The service worker was not built.');
      worker.code = `const SHELL = ${JSON.stringify({ version, files })};\n${worker.code}`;
    },
  },
});

/** A chunk and all that it imports, with their styles. */
function filesOf(chunks: readonly (Rolldown.OutputAsset | Rolldown.OutputChunk)[], bundle: Rolldown.OutputBundle): Set<string> {
  const files = new Set<string>();
  const add = (chunk: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined): void => {
    if (chunk?.type !== 'chunk' || files.has(chunk.fileName)) return;
    files.add(chunk.fileName);
    for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style);
    for (const file of chunk.imports) add(bundle[file]);
  };
  for (const chunk of chunks) add(chunk);
  return files;
}

/** The page's first files stand in its head, so that they are loaded side by side and not one after the other is read; home's and the sign-in's stand each in a template, which main.tsx opens for whoever goes there. They do not hold up what is painted before them: hence the low priority. */
const preloadFirstScreens = (): Plugin => ({
  name: 'preload-first-screens',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const filesOfModules = (modules: readonly string[]): Set<string> => filesOf(Object.values(bundle).filter((each) => each.type === 'chunk' && modules.some((module) => each.facadeModuleId === at(module))), bundle);
      const link = (file: string): HtmlTagDescriptor => ({ tag: 'link', attrs: { ...(file.endsWith('.css') ? { rel: 'stylesheet' } : { rel: 'modulepreload', fetchpriority: 'low' }), crossorigin: true, href: `/${file}` }, injectTo: 'head' });
      const first = filesOfModules([APP]);
      const template = (id: string, modules: readonly string[]): HtmlTagDescriptor => ({ tag: 'template', attrs: { id }, children: [...filesOfModules(modules)].filter((file) => !first.has(file)).map(link), injectTo: 'body' });
      return [...[...first].filter((file) => !html.includes(`"/${file}"`)).map(link), template('home', HOME), template('sign-in', [SIGN_IN])];
    },
  },
});

/** The graph is asked once, when the first module looks for its chunk: by then it is whole. */
function firstScreens(): Rolldown.CodeSplittingNameFunction {
  let choose: ReturnType<typeof chooseChunk> | undefined;
  return (id, bundle) => {
    choose ??= chooseChunk({ at, importsOf: (each) => bundle.getModuleInfo(each)?.importedIds ?? [] });
    return choose(id);
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [slimContract(), noCodeFromText(), onePictureAFile(), react(), appShell(), preloadFirstScreens(), precompress()],
  build: {
    outDir,
    // scripts/kept-builds.ts says what of it goes, and when.
    emptyOutDir: false,
    target: 'es2022',
    // Files below this size would become data: addresses, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      input: [fileURLToPath(new URL('index.html', import.meta.url)), fileURLToPath(new URL('service-worker.ts', import.meta.url))],
      // The worker's address is always the same: a browser asks it for a new version.
      output: {
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        codeSplitting: { groups: [{ debugName: 'first-screens', name: firstScreens(), includeDependenciesRecursively: false }] },
      },
    },
  },
});
