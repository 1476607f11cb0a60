/** Leads from a screen that has nothing to show on to another, once, however often it is drawn meanwhile. Draws nothing. */
import { type NavigateOptions, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

export function LeadOn({ to }: { readonly to: NavigateOptions }) {
  const navigate = useNavigate();
  const isLed = useRef(false);
  useEffect(() => {
    if (isLed.current) return;
    isLed.current = true;
    void navigate({ ...to, replace: true });
  });
  return null;
}
