/** The frame around every signed-in screen: sandbox strip, ways to go, who is here. Shows only what exists; knows no call. */
import { Link, useLocation } from '@tanstack/react-router';
import { BookUser, Ellipsis, FileText, Phone, UserRound, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SessionView } from '#contract/api.ts';
import { words } from '../messages/messages.ts';
import { BrandMark } from './brand-mark.tsx';
import styles from './frame.module.css';
import { SandboxStrip } from './sandbox-strip.tsx';

/** `covers`: the addresses that belong to a place; a live call is one of Calls. */
const places = [
  { to: '/', label: words.pages.calls, Icon: Phone, covers: ['/', '/call'], isForAdmins: false },
  { to: '/contacts', label: words.contacts.title, Icon: BookUser, covers: ['/contacts'], isForAdmins: false },
  { to: '/handout', label: words.handouts.title, Icon: FileText, covers: ['/handout'], isForAdmins: false },
  { to: '/members', label: words.members.title, Icon: Users, covers: ['/members'], isForAdmins: true },
] as const;

export interface FrameProps {
  readonly session: SessionView;
  /** A call that goes on while one looks elsewhere. */
  readonly callBar: ReactNode;
  /** A live call's stage fills a phone's whole screen; after it the tabs come back. */
  readonly look: 'page' | 'stage' | 'after';
  readonly children: ReactNode;
}

export function Frame({ session, callBar, look, children }: FrameProps) {
  const here = useLocation({ select: ({ pathname }) => pathname });
  const isAdmin = session.roles.includes('practice-admin');
  const links = places.filter(({ isForAdmins }) => isAdmin || !isForAdmins).map(({ to, label, Icon, covers }) => (
    <Link key={to} to={to} aria-current={(covers as readonly string[]).includes(here) ? 'page' : undefined} activeOptions={{ exact: true }}>
      <Icon />
      {label}
    </Link>
  ));
  return (
    <div className={`${styles['page']} ${look === 'page' ? '' : styles[look]}`}>
      <a className={styles['skip']} href="#main">
        {words.skipToContent}
      </a>
      {session.practice.sandbox ? <SandboxStrip /> : null}
      <div className={styles['app']}>
        <aside className={styles['side']}>
          <div className={styles['brand']}>
            <BrandMark practice={session.practice.name} />
          </div>
          <nav aria-label={words.mainNavigation}>
            {links}
          </nav>
          <Link to="/more" className={styles['me']} activeProps={{ 'aria-current': 'page' }}>
            <UserRound />
            <span>{session.member.name}</span>
          </Link>
        </aside>
        <div className={styles['body']}>
          {callBar}
          {children}
        </div>
        <nav className={styles['tabs']} aria-label={words.mainNavigation}>
          {links}
          <Link to="/more" activeProps={{ 'aria-current': 'page' }}>
            <Ellipsis />
            {words.more}
          </Link>
        </nav>
      </div>
    </div>
  );
}
