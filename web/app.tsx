/** Draws the screens. Loaded once the sentences are there, and never before. */
import { QueryClientProvider } from '@tanstack/react-query';
import { startTransition, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { startInstalling } from './features/at-hand/installing.ts';
import { Router } from './router/router.tsx';
import { preload } from './router/screens.ts';

startInstalling();
preload(location.pathname);
const place = document.getElementById('root');
if (place === null) throw new Error('The page has no #root to draw in.');
const screens = createRoot(place);
// In small steps, between which a slow device still answers a tap.
startTransition(() =>
  screens.render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Router />
      </QueryClientProvider>
    </StrictMode>,
  ),
);
