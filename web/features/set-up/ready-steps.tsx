/** What lies between the sandbox and real patients, for those who can do something about it. Shown while nothing has been called yet. */
import { words } from '../../messages/all-words.ts';
import type { Address } from '../../router/address.ts';
import { Link } from '../../router/link.tsx';
import { useSession } from '../sign-in/use-session.ts';
import styles from './ready-steps.module.css';

interface ReadyStep {
  readonly name: 'practice' | 'carrier' | 'line' | 'invite';
  readonly to: Address | null;
}

export function ReadySteps() {
  const { roles, practice } = useSession();
  const isAdmin = roles.includes('practice-admin');
  const mine: ReadyStep[] = [
    // Nobody real belongs to the demo: there, setting up a practice comes first, and is the operator's.
    ...(practice.demo && roles.includes('operator') ? [{ name: 'practice', to: '/set-up' } as const] : []),
    { name: 'carrier', to: null },
    { name: 'line', to: practice.demo ? null : '/settings/lines' },
    ...(practice.demo ? [] : [{ name: 'invite', to: '/settings/members' } as const]),
  ];
  if (!isAdmin) return null;
  return (
    <section className={`card ${styles['ready']}`} aria-label={words.ready.title}>
      <h2>{words.ready.title}</h2>
      <ol>
        {mine.map(({ name, to }, index) => (
          <li key={name}>
            <i aria-hidden="true">{index + 1}</i>
            <div>
              <h3>{words.ready[name]}</h3>
              <p>{words.ready[`${name}Text`]}</p>
              {to === null || name === 'carrier' ? null : (
                <Link to={to} className="btn">
                  {words.ready[`${name}Next`]}
                </Link>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
