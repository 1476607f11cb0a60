/** Settings: one section beside the column of all; on a small screen a list that leads to pages. Knows no section from inside. */
import { ChevronLeft } from 'lucide-react';
import { Suspense } from 'react';
import { words } from '../../messages/messages.ts';
import { usePath } from '../../router/address.ts';
import { Link } from '../../router/link.tsx';
import { LeadOn } from '../../ui/lead-on.tsx';
import { Waiting } from '../../ui/load-states.tsx';
import { useMediaQuery } from '../../ui/use-media-query.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useSession } from '../sign-in/use-session.ts';
import { SectionColumn, SectionRows } from './section-links.tsx';
import { sectionsFor } from './settings-sections.ts';
import styles from './settings-frame.module.css';

/** Below it the column has no room, and the list is a page of its own. */
const wideEnough = '(min-width: 1024px)';

export function SettingsIndex() {
  useTitle(words.pages.title(words.settings.title));
  const isWide = useMediaQuery(wideEnough);
  const [first] = sectionsFor(useSession().roles);
  if (isWide && first !== undefined) return <LeadOn to={`/settings/${first.key}`} />;
  return (
    <main id="main" className={styles['page']}>
      <h1 className={styles['title']}>{words.settings.title}</h1>
      <SectionRows />
    </main>
  );
}

export function SettingsFrame() {
  const key = usePath().split('/')[2];
  const section = sectionsFor(useSession().roles).find((each) => each.key === key);
  useTitle(words.pages.title(section === undefined ? words.settings.title : words.settings.sections[section.key]));
  return (
    <main id="main" className={styles['page']}>
      <div className={styles['grid']}>
        <SectionColumn />
        <div className={styles['pane']}>
          <Link to="/settings" className={styles['back']}>
            <ChevronLeft className="small" />
            {words.settings.title}
          </Link>
          {section === undefined ? (
            <p role="alert">{words.settings.notYours}</p>
          ) : (
            <Suspense fallback={<Waiting text={words.loading(words.settings.sections[section.key])} />}>
              <section.Page key={section.key} />
            </Suspense>
          )}
        </div>
      </div>
    </main>
  );
}
