/** Says on every screen of a sandbox practice that nothing here is real. Cannot be dismissed. */
import { FlaskConical } from 'lucide-react';
import { words } from '../messages/messages.ts';
import styles from './sandbox-strip.module.css';

export function SandboxStrip() {
  return (
    <aside className={styles['strip']} aria-label="Sandbox">
      <FlaskConical className="small" />
      <span>{words.sandboxStrip}</span>
    </aside>
  );
}
