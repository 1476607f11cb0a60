/** The ways to the sections of Settings: the second column on a wide screen, a list of rows on a small one. */
import { ChevronRight } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { usePath } from '../../router/address.ts';
import { Link } from '../../router/link.tsx';
import { useSession } from '../sign-in/use-session.ts';
import { sectionsFor } from './settings-sections.ts';
import styles from './settings-frame.module.css';

export function SectionColumn() {
  const here = usePath();
  return (
    <nav className={styles['column']} aria-label={words.settings.title}>
      {sectionsFor(useSession().roles).map(({ key, Icon }) => (
        <Link key={key} to={`/settings/${key}`} aria-current={here === `/settings/${key}` ? 'page' : undefined}>
          <Icon />
          {words.settings.sections[key]}
        </Link>
      ))}
    </nav>
  );
}

export function SectionRows() {
  return (
    <nav className={`card ${styles['rows']}`} aria-label={words.settings.title}>
      {sectionsFor(useSession().roles).map(({ key, Icon }) => (
        <Link key={key} to={`/settings/${key}`}>
          <Icon />
          <span>
            <b>{words.settings.sections[key]}</b>
            <small>{words.settings.holds[key]}</small>
          </span>
          <ChevronRight />
        </Link>
      ))}
    </nav>
  );
}
