/** Leads from a screen that has nothing to show on to another, once, however often it is drawn meanwhile. Draws nothing. */
import { useEffect, useRef } from 'react';
import { type Address, go } from '../router/address.ts';

export function LeadOn({ to }: { readonly to: Address }) {
  const isLed = useRef(false);
  useEffect(() => {
    if (isLed.current) return;
    isLed.current = true;
    void go(to, { replace: true });
  });
  return null;
}
