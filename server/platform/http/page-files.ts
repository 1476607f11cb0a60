/** Serves the built page: files with a hash in their name for ever, everything else asked for anew. Any other address of the page is its index. */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export async function servePage(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: directory,
    wildcard: true,
    index: false,
    // What a build keeps for itself.
    dotfiles: 'ignore',
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
  });
  app.get('/', (_request, reply) => reply.sendFile('index.html'));
}

/** The page's own addresses (/calls/...) are its router's business; a missing script or an unknown API route is not one of them. */
export function isPageAddress(request: FastifyRequest): boolean {
  return request.method === 'GET' && !request.url.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html');
}
