/** The route by which a page gets its credentials for the relays. A locked page too: its call may have to find another way. */
import { api } from '../members/index.ts';
import type { MemberGuard } from '../members/index.ts';
import type { RelayCredentials } from './relay-credentials.ts';

export function createRelayRoutes({ relays, guard }: { relays: RelayCredentials; guard: MemberGuard }) {
  return { relays: { issue: api.relays.issue.use(guard).handler(() => relays.issue()) } };
}
