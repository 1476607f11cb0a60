/** What lies at hand on every screen: Ctrl K or Cmd K opens the palette, "?" the sheet of keys. Each is loaded when first opened. */
import { lazy, Suspense, useEffect } from 'react';
import { firstScreenStands } from '../../api/first-screen.ts';
import { isTyping } from '../../ui/is-typing.ts';
import { closeAtHand, openAtHand, useAtHand } from './at-hand-store.ts';

const loadPalette = async () => ({ default: (await import('./palette.tsx')).Palette });
const Palette = lazy(loadPalette);
const KeySheet = lazy(async () => ({ default: (await import('./key-sheet.tsx')).KeySheet }));

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  // Also while one types: no field of ours means anything else by it.
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') openAtHand('palette');
  else if (event.key === '?' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) openAtHand('keys');
  else return;
  event.preventDefault();
}

export function AtHand() {
  const open = useAtHand();
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    // There before it is asked for, mostly: what is typed right after Ctrl K must not be lost, nor wait for a network.
    void firstScreenStands().then(loadPalette);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      closeAtHand('palette');
      closeAtHand('keys');
    };
  }, []);
  return <Suspense fallback={null}>{open === 'palette' ? <Palette /> : open === 'keys' ? <KeySheet /> : null}</Suspense>;
}
