/** The way into the palette that one sees: the search field of Calls, which opens it. */
import { Search } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { openAtHand } from './at-hand-store.ts';
import styles from './search-button.module.css';

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

export function SearchButton() {
  return (
    <button type="button" className={styles['search']} aria-haspopup="dialog" aria-keyshortcuts={isApple ? 'Meta+K' : 'Control+K'} onClick={() => openAtHand('palette')}>
      <Search />
      <span>{words.palette.open}</span>
      <kbd aria-hidden="true">{isApple ? '⌘ K' : 'Ctrl K'}</kbd>
    </button>
  );
}
