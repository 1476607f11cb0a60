/** A phone's last tab: the places that have no tab of their own, the sections of Settings, and the way out. */
import { ChevronRight } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { Link } from '../../router/link.tsx';
import { placesFor } from '../../ui/places.ts';
import { useTitle } from '../../ui/use-title.ts';
import { SignOut } from '../sign-in/sign-out.tsx';
import { useSession } from '../sign-in/use-session.ts';
import { SectionRows } from './section-links.tsx';
import styles from './settings-frame.module.css';

export function MorePage() {
  useTitle(words.pages.title(words.more));
  const places = placesFor(useSession().roles).filter(({ hasTab, to }) => !hasTab && to !== '/settings');
  return (
    <main id="main" className={styles['page']}>
      <h1 className={styles['title']}>{words.more}</h1>
      {places.length === 0 ? null : (
        <nav className={`card ${styles['rows']} ${styles['places']}`} aria-label={words.more}>
          {places.map(({ to, label, Icon }) => (
            <Link key={to} to={to}>
              <Icon />
              <span>
                <b>{label}</b>
              </span>
              <ChevronRight />
            </Link>
          ))}
        </nav>
      )}
      <SectionRows />
      <SignOut />
    </main>
  );
}
