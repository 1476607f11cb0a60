/** The frame around every signed-in screen: sandbox strip, ways to go, who is here. Shows only what exists; knows no call. */
import { Link } from '@tanstack/react-router';
import { Ellipsis, Phone, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SessionView } from '#contract/api.ts';
import { words } from '../messages/messages.ts';
import { BrandMark } from './brand-mark.tsx';
import styles from './frame.module.css';
import { SandboxStrip } from './sandbox-strip.tsx';

const places = [{ to: '/', label: words.pages.calls, Icon: Phone }] as const;

export interface FrameProps {
  readonly session: SessionView;
  /** A call that goes on while one looks elsewhere. */
  readonly callBar: ReactNode;
  /** The live call fills a phone's whole screen. */
  readonly isStage: boolean;
  readonly children: ReactNode;
}

export function Frame({ session, callBar, isStage, children }: FrameProps) {
  return (
    <div className={`${styles['page']} ${isStage ? styles['stage'] : ''}`}>
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
            {places.map(({ to, label, Icon }) => (
              <Link key={to} to={to} className={styles['place']} activeOptions={{ exact: true }} activeProps={{ 'aria-current': 'page' }}>
                <Icon />
                {label}
              </Link>
            ))}
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
          {places.map(({ to, label, Icon }) => (
            <Link key={to} to={to} activeOptions={{ exact: true }} activeProps={{ 'aria-current': 'page' }}>
              <Icon />
              {label}
            </Link>
          ))}
          <Link to="/more" activeProps={{ 'aria-current': 'page' }}>
            <Ellipsis />
            {words.more}
          </Link>
        </nav>
      </div>
    </div>
  );
}
