import { describe, expect, it } from 'vitest';
import { APP, chooseChunk, HOME, SIGN_IN } from './page-chunks.ts';

const [frame = '', calls = ''] = HOME;
/** Who imports whom: a page in small. */
const imports: Readonly<Record<string, readonly string[]>> = {
  'main.tsx': ['messages.ts', 'base.css'],
  [APP]: ['router.tsx', 'messages.ts'],
  'router.tsx': ['react', 'states.css'],
  [SIGN_IN]: ['react', 'passkey.ts', 'door.tsx', 'icon'],
  [frame]: ['react', 'passkey.ts', 'call-bar.tsx', 'frame.css'],
  [calls]: ['list.tsx', 'messages.ts', 'icon'],
  'list.tsx': ['call-bar.tsx'],
  // A circle ends.
  'call-bar.tsx': ['list.tsx'],
  'contacts-page.tsx': ['react', 'list.tsx', 'contact.ts'],
};
const choose = chooseChunk({ at: (path) => path, importsOf: (id) => imports[id] ?? [] });

describe('the file of the page in which a module comes', () => {
  it.each([
    ['the page’s beginning', 'main.tsx', 'start'],
    ['what the beginning imports, though every screen does too', 'messages.ts', 'start'],
    ['a style of the way in', 'states.css', 'start'],
    ['what every first screen needs', 'react', 'app'],
    ['what home and the sign-in share, and nobody else has to have', 'passkey.ts', 'app'],
    ['home’s own', calls, 'home'],
    ['what home imports by way of another', 'list.tsx', 'home'],
    ['a style of home', 'frame.css', 'home'],
    ['what only the sign-in needs', 'door.tsx', null],
    ['a later screen', 'contacts-page.tsx', null],
    ['what a later screen needs', 'contact.ts', null],
  ] as const)('%s', (_what, id, chunk) => {
    expect(choose(id)).toBe(chunk);
  });
});
