/** The network check as one row of a card, beside the microphone's: what the network allows, in sentences, and what was tried for whoever asks. */
import { Signal } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import styles from './network-check-row.module.css';
import { useNetworkCheck } from './use-network-check.ts';

export function NetworkCheckRow({ className }: { readonly className: string | undefined }) {
  const { title, sentences, isRunning, next, tried, run } = useNetworkCheck();
  const said = words.networkCheck;
  return (
    <div className={`${className} ${styles['row']}`}>
      <Signal />
      <div className={styles['text']}>
        <div role="status">
          <b>{title}</b>
          {sentences.map((sentence) => (
            <span key={sentence}>{sentence}</span>
          ))}
        </div>
        {tried.length === 0 ? null : (
          <details>
            <summary>{said.details}</summary>
            <ul>
              {tried.map(({ path, trial }) => (
                <li key={path}>
                  {said.paths[path]}: {said.trials[trial]}
                </li>
              ))}
              {tried.some(({ path }) => path.startsWith('relay')) ? null : <li>{said.noRelay}</li>}
            </ul>
          </details>
        )}
      </div>
      <button type="button" className="btn compact" disabled={isRunning} onClick={run}>
        {next}
      </button>
    </div>
  );
}
