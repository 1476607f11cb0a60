/** Whether a media query holds, live. For what CSS alone cannot do: another order, another behaviour. */
import { useSyncExternalStore } from 'react';

export const phoneWidth = '(max-width: 719px)';

export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}
