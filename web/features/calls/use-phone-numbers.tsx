/** Formats numbers for the screens once the tables are there, which are loaded after the first screen is drawn; until then a number shows as it is stored. */
import { createContext, type ReactNode, startTransition, use, useEffect, useMemo, useState } from 'react';
import { firstScreenStands } from '../../api/first-screen.ts';
import type { PhoneNumbers } from './phone-numbers.ts';

const unformatted: PhoneNumbers = { formatOpenly: (number) => number, asTyped: (number) => number, isSame: (one, other) => one === other, complete: () => null, formatTyped: (dialable) => dialable, foreignCountry: () => null };
const PhoneNumbersContext = createContext<PhoneNumbers>(unformatted);

export function PhoneNumbersProvider({ country, children }: { readonly country: string; readonly children: ReactNode }) {
  const [create, setCreate] = useState<((country: string) => PhoneNumbers) | null>(null);
  useEffect(() => {
    const load = async (): Promise<void> => {
      await firstScreenStands();
      const { createPhoneNumbers } = await import('./phone-numbers.ts');
      startTransition(() => setCreate(() => createPhoneNumbers));
    };
    void load();
  }, []);
  const numbers = useMemo(() => create?.(country) ?? unformatted, [create, country]);
  return <PhoneNumbersContext value={numbers}>{children}</PhoneNumbersContext>;
}

export const usePhoneNumbers = (): PhoneNumbers => use(PhoneNumbersContext);
