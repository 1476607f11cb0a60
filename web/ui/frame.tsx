/** The frame around every signed-in screen: sandbox strip, ways to go, who is here. Shows only what exists; knows no call. */
import { Ellipsis, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SessionView } from '#contract/api.ts';
import { words } from '../messages/messages.ts';
import { usePath } from '../router/address.ts';
import { Link } from '../router/link.tsx';
import { BrandMark } from './brand-mark.tsx';
import styles from './frame.module.css';
import { isAt, placesFor, type Place } from './places.ts';
import { SandboxStrip } from './sandbox-strip.tsx';

export interface FrameProps {
  readonly session: SessionView;
  /** A call that goes on while one looks elsewhere. */
  readonly callBar: ReactNode;
  /** A few words beside a place that wants somebody: "2 expiring". Only what was asked for stands here. */
  readonly marks: Readonly<Partial<Record<Place['to'], string>>>;
  /** A live call's stage fills a phone's whole screen; after it the tabs come back. */
  readonly look: 'page' | 'stage' | 'after';
  readonly children: ReactNode;
}

export function Frame({ session, callBar, marks, look, children }: FrameProps) {
  const here = usePath();
  const places = placesFor(session.roles);
  const linkTo = (place: Place) => (
    <Link key={place.to} to={place.to} aria-current={isAt(place, here) ? 'page' : undefined}>
      <place.Icon />
      {place.label}
      {marks[place.to] === undefined ? null : <small className={styles['mark']}>{marks[place.to]}</small>}
    </Link>
  );
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
            {places.map(linkTo)}
          </nav>
          <Link to="/settings/me" className={styles['me']} aria-current={here === '/settings/me' ? 'page' : undefined}>
            <UserRound />
            <span>{session.member.name}</span>
          </Link>
        </aside>
        <div className={styles['body']}>
          {callBar}
          {children}
        </div>
        <nav className={styles['tabs']} aria-label={words.mainNavigation}>
          {places.filter(({ hasTab }) => hasTab).map(linkTo)}
          <Link to="/more" aria-current={here === '/more' || places.some((place) => !place.hasTab && isAt(place, here)) ? 'page' : undefined}>
            <Ellipsis />
            {words.more}
          </Link>
        </nav>
      </div>
    </div>
  );
}
