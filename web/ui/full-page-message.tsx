/** A page that holds one message and one next step: not found, broken, out of reach. */
import type { ReactNode } from 'react';
import { BrandMark } from './brand-mark.tsx';
import styles from './full-page-message.module.css';

export function FullPageMessage({ title, text, children }: { readonly title: string; readonly text: string; readonly children: ReactNode }) {
  return (
    <main id="main" className={styles['page']}>
      <BrandMark />
      <div className={styles['message']}>
        <h1>{title}</h1>
        <p>{text}</p>
        {children}
      </div>
    </main>
  );
}
