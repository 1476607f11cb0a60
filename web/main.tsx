/** Starts the page. */
import './ui/tokens.css';
import './ui/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { words } from './messages/messages.ts';
import { router } from './router.tsx';

document.documentElement.lang = words.language;
const place = document.getElementById('root');
if (place === null) throw new Error('The page has no #root to draw in.');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
