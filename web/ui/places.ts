/** The places of the product, in their order, and who sees which: the rail shows all, a phone's tabs those with a tab, its More the rest. */
import { BookUser, FileText, Phone, Settings } from 'lucide-react';
import type { Role } from '#contract/sign-in.ts';
import { words } from '../messages/messages.ts';

/** `covers`: the addresses that belong to a place, and all below them; a live call is one of Calls. `role`: null for everyone. */
const places = [
  { to: '/', label: words.pages.calls, Icon: Phone, covers: ['/', '/call'], hasTab: true, role: null },
  { to: '/contacts', label: words.pages.contacts, Icon: BookUser, covers: ['/contacts'], hasTab: true, role: null },
  { to: '/handout', label: words.pages.handout, Icon: FileText, covers: ['/handout'], hasTab: true, role: null },
  { to: '/settings', label: words.settings.title, Icon: Settings, covers: ['/settings'], hasTab: false, role: null },
] as const satisfies readonly { readonly hasTab: boolean; readonly role: Role | null; readonly [more: string]: unknown }[];

export type Place = (typeof places)[number];

export const placesFor = (roles: readonly Role[]): readonly Place[] => places.filter(({ role }: { readonly role: Role | null }) => role === null || roles.includes(role));

export const isAt = ({ covers }: Place, pathname: string): boolean => (covers as readonly string[]).some((path) => pathname === path || (path !== '/' && pathname.startsWith(`${path}/`)));
