/** Formats numbers for the screens once the tables are there; until then a number shows as it is stored. */
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import type { PhoneNumbers } from './phone-numbers.ts';

const unformatted: PhoneNumbers = { format: (number) => number, formatTyped: (dialable) => dialable, foreignCountry: () => null };
const PhoneNumbersContext = createContext<PhoneNumbers>(unformatted);

export function PhoneNumbersProvider({ country, children }: { readonly country: string; readonly children: ReactNode }) {
  const [create, setCreate] = useState<((country: string) => PhoneNumbers) | null>(null);
  useEffect(() => {
    void import('./phone-numbers.ts').then((loaded) => setCreate(() => loaded.createPhoneNumbers));
  }, []);
  const numbers = useMemo(() => create?.(country) ?? unformatted, [create, country]);
  return <PhoneNumbersContext value={numbers}>{children}</PhoneNumbersContext>;
}

export const usePhoneNumbers = (): PhoneNumbers => use(PhoneNumbersContext);
