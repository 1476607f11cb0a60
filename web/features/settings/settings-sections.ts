/** The sections of Settings, in their order: one entry each, loaded when first opened. Whoever has the role sees it; whoever has not finds no such page. */
import { ArrowLeftRight, Database, Globe, Hospital, House, Phone, PhoneIncoming, ScrollText, UserRound, Users, Voicemail, Volume2, type LucideIcon } from 'lucide-react';
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Role } from '#contract/sign-in.ts';
import type { Messages } from '../../messages/messages.ts';

export interface SettingsSection {
  /** The last part of its address. */
  readonly key: keyof Messages['settings']['sections'];
  readonly Icon: LucideIcon;
  /** Any of these; null for everyone. */
  readonly role: Role | readonly Role[] | null;
  readonly Page: LazyExoticComponent<ComponentType>;
}

const settingsSections: readonly SettingsSection[] = [
  { key: 'me', Icon: UserRound, role: null, Page: lazy(async () => ({ default: (await import('../sign-in/me-section.tsx')).MeSection })) },
  { key: 'sound', Icon: Volume2, role: null, Page: lazy(async () => ({ default: (await import('../calls/sound-section.tsx')).SoundSection })) },
  { key: 'practice', Icon: Hospital, role: 'practice-admin', Page: lazy(async () => ({ default: (await import('../practices/practice-section.tsx')).PracticeSection })) },
  { key: 'lines', Icon: Phone, role: null, Page: lazy(async () => ({ default: (await import('../lines/lines-section.tsx')).LinesSection })) },
  { key: 'messages', Icon: Voicemail, role: null, Page: lazy(async () => ({ default: (await import('../spoken-messages/messages-section.tsx')).MessagesSection })) },
  { key: 'answering', Icon: PhoneIncoming, role: null, Page: lazy(async () => ({ default: (await import('../voicemail/answering-section.tsx')).AnsweringSection })) },
  { key: 'members', Icon: Users, role: 'practice-admin', Page: lazy(async () => ({ default: (await import('../members/members-section.tsx')).MembersSection })) },
  { key: 'plan', Icon: Globe, role: null, Page: lazy(async () => ({ default: (await import('../plan/plan-section.tsx')).PlanSection })) },
  { key: 'data', Icon: Database, role: 'practice-admin', Page: lazy(async () => ({ default: (await import('../data-kept/data-section.tsx')).DataSection })) },
  { key: 'audit', Icon: ScrollText, role: 'practice-admin', Page: lazy(async () => ({ default: (await import('../audit/audit-section.tsx')).AuditSection })) },
  { key: 'practices', Icon: House, role: 'operator', Page: lazy(async () => ({ default: (await import('../practices/practices-section.tsx')).PracticesSection })) },
  { key: 'signalling', Icon: ArrowLeftRight, role: ['practice-admin', 'operator'], Page: lazy(async () => ({ default: (await import('../sip-traces/sip-traces-section.tsx')).SipTracesSection })) },
];

export const sectionsFor = (roles: readonly Role[]): readonly SettingsSection[] => settingsSections.filter(({ role }) => role === null || [role].flat().some((each) => roles.includes(each)));
