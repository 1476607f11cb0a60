/** How every section of Settings begins: its title, its one action beside it, and a sentence on what stands below. */
import type { ReactNode } from 'react';
import styles from './section-page.module.css';

export interface SectionPageProps {
  readonly title: string;
  readonly lead: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function SectionPage({ title, lead, action = null, children }: SectionPageProps) {
  return (
    <div className={styles['section']}>
      <div className={styles['top']}>
        <h1>{title}</h1>
        {action}
      </div>
      <p className={styles['lead']}>{lead}</p>
      {children}
    </div>
  );
}
