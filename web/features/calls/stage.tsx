/** The dark stage every live state of a call stands on: its light, its head line, its feet. What stands between is the state's own. */
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { words } from '../../messages/messages.ts';
import { Link } from '../../router/link.tsx';
import type { StateShape } from './call-words-policy.ts';
import styles from './stage.module.css';

export type StageLight = 'live' | 'hold' | 'lost';

const shapes: Readonly<Record<StateShape, string | undefined>> = {
  hollow: styles['hollow'],
  ring: styles['ring'],
  full: styles['full'],
  muted: styles['whole'],
  held: styles['held'],
  diamond: styles['diamond'],
};

export const StateDot = ({ shape }: { readonly shape: StateShape }) => <span className={`${styles['dot']} ${shapes[shape]}`} aria-hidden="true" />;

export interface StageProps {
  readonly light: StageLight;
  readonly shape: StateShape;
  readonly state: string;
  readonly timer: string | null;
  /** To the right of the state: how well one hears. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Stage({ light, shape, state, timer, aside, children }: StageProps) {
  return (
    <main id="main" className={`${styles['room']} ${styles[light]}`}>
      <section className={styles['stage']} aria-label={words.call.label}>
        <div className={styles['state']}>
          <Link to="/" className={styles['min']} aria-label={words.call.backToCalls}>
            <ChevronDown className="large" />
          </Link>
          <StateDot shape={shape} />
          <b>{state}</b>
          {timer === null ? null : <time>{timer}</time>}
          {aside}
        </div>
        {children}
      </section>
    </main>
  );
}
