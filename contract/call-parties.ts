/** What server and page agree on about several parties, without a schema: the page loads it before the validator. */
import type { InterpreterServiceView } from './interpreters.ts';

/** The first and those that were added, so many at once. */
export const mostPartiesInCall = 4;

/** Those that speak a language, then those that take any; undefined languages ask nothing. */
export function servicesFor<Service extends Pick<InterpreterServiceView, 'languages'>>(services: readonly Service[], language: string | null): Service[] {
  const primary = language?.split('-')[0]?.toLowerCase() ?? '';
  const rank = ({ languages }: Service): number => (languages.some((each) => each.split('-')[0]!.toLowerCase() === primary) ? 0 : languages.length === 0 ? 1 : 2);
  return services.toSorted((one, other) => rank(one) - rank(other));
}
