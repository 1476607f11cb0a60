/** The route that lists the numbers a member may show. */
import { api } from '../members/index.ts';
import type { MemberGuard } from '../members/index.ts';
import type { Database } from '#server/platform/storage/database.ts';
import { listProvenLines } from './line-store.ts';

export function createLineRoutes({ database, guard }: { database: Database; guard: MemberGuard }) {
  return { lines: { list: api.lines.list.use(guard).handler(({ context }) => listProvenLines(database, context.session.practice.id)) } };
}
