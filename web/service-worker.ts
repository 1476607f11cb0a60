/** Keeps the page's own files, so that the page opens without a network and a new version waits until it is wanted. Keeps no answer of the API and nothing of anybody: shell-policy.ts decides. */
import { decideShell } from './shell-policy.ts';

/** What of a worker's world is used here: its types and those of a page cannot stand in one program. */
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface WorkerFetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  addEventListener(type: 'install' | 'activate', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: WorkerFetchEvent) => void): void;
  addEventListener(type: 'message', listener: (event: WorkerEvent & { readonly data: unknown }) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

/** Written in by the build: the files of this version, and a name for them. */
declare const SHELL: { readonly version: string; readonly files: readonly string[] };

const worker = self as unknown as WorkerScope;
const prefix = 'quietline-shell-';
const cacheName = prefix + SHELL.version;
const index = '/index.html';

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([index, ...SHELL.files])));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith(prefix) && name !== cacheName) await caches.delete(name);
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener('message', (event) => {
  // Only ever said by a person's tap, and the page says it on no call.
  if (event.data === 'use-new-version') event.waitUntil(worker.skipWaiting());
});

worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  const decision = decideShell({ method, mode, origin, pathname }, location.origin);
  if (decision === 'page') event.respondWith(openPage(event.request));
  else if (decision === 'file') event.respondWith(openFile(event.request));
});

async function openPage(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    const kept = await caches.match(index);
    if (kept === undefined) throw cause;
    return kept;
  }
}

async function openFile(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  // A language, or a screen, that this version did not bring along: its name holds its hash.
  if (answer.ok) await cache.put(request, answer.clone()).catch(() => {});
  return answer;
}
