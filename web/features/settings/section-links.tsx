/** The ways to the sections of Settings: the second column on a wide screen, a list of rows on a small one. */
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { useSession } from '../sign-in/use-session.ts';
import { sectionsFor } from './settings-sections.ts';
import styles from './settings-frame.module.css';

export function SectionColumn() {
  return (
    <nav className={styles['column']} aria-label={words.settings.title}>
      {sectionsFor(useSession().roles).map(({ key, Icon }) => (
        <Link key={key} to="/settings/$section" params={{ section: key }} activeProps={{ 'aria-current': 'page' }}>
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
        <Link key={key} to="/settings/$section" params={{ section: key }}>
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
