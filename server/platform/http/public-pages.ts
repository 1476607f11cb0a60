/** Pages for people without an account, such as patients: read only, from a path alone, the same for everyone who has it. Knows no page by name. */
import type { FastifyInstance } from 'fastify';

export interface PublicAnswer {
  readonly type: string;
  readonly body: string | Buffer;
  /** How long anyone may keep it. */
  readonly maxAgeS: number;
}

export interface PublicPage {
  /** As the router writes it: "/h/:code". */
  readonly path: string;
  /** Nothing is a 404, whatever the reason. */
  answer(parameters: Readonly<Record<string, string | undefined>>): Promise<PublicAnswer | undefined>;
}

export function servePublicPages(app: FastifyInstance, pages: readonly PublicPage[]): void {
  for (const page of pages) {
    app.get(page.path, async (request, reply) => {
      const found = await page.answer(request.params as Record<string, string | undefined>);
      if (found === undefined) return reply.callNotFound();
      return reply.type(found.type).header('cache-control', `public, max-age=${found.maxAgeS}`).send(found.body);
    });
  }
}
