/** What follows once the server has opened a session, whichever way: nothing that was known before is kept. */
import { queryClient } from '../../api/queries.ts';

/** A whole load and not a step of the router: another person, or another practice, starts with an empty page. */
export function enterCalls(): void {
  queryClient.clear();
  location.replace('/');
}
