/** Formats numbers for the screens once the tables are there, which are loaded after the first screen is drawn; until then a number shows as it is stored. */
import { useRouterState } from '@tanstack/react-router';
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import type { PhoneNumbers } from './phone-numbers.ts';

const unformatted: PhoneNumbers = { formatOpenly: (number) => number, isSame: (one, other) => one === other, complete: () => null, formatTyped: (dialable) => dialable, foreignCountry: () => null };
const PhoneNumbersContext = createContext<PhoneNumbers>(unformatted);

export function PhoneNumbersProvider({ country, children }: { readonly country: string; readonly children: ReactNode }) {
  const [create, setCreate] = useState<((country: string) => PhoneNumbers) | null>(null);
  // The tables are large, and would share a slow network with the screen that waits for its own script.
  const isDrawn = useRouterState({ select: ({ status }) => status === 'idle' });
  useEffect(() => {
    if (isDrawn && create === null) void import('./phone-numbers.ts').then((loaded) => setCreate(() => loaded.createPhoneNumbers));
  }, [isDrawn, create]);
  const numbers = useMemo(() => create?.(country) ?? unformatted, [create, country]);
  return <PhoneNumbersContext value={numbers}>{children}</PhoneNumbersContext>;
}

export const usePhoneNumbers = (): PhoneNumbers => use(PhoneNumbersContext);
