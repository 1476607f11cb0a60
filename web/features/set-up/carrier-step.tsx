/** Step 3: which carriers are connected and whether they answer, or how one is connected. Changes nothing: a carrier's password belongs in a file beside the server. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import styles from './set-up.module.css';
import { StepFrame } from './step-frame.tsx';

/** Asked again while one looks: a carrier answers some seconds after the start. */
const firstStepsQuery = queryOptions({ queryKey: ['first-steps'], refetchInterval: 5_000, queryFn: () => api.practices.readFirstSteps() });

const EXAMPLE = `{ "trunks": [ {
  "name": "main",
  "host": "sip.carrier.example",
  "transport": "tls",
  "user": "clinic",
  "password": "..."
} ] }`;
const COMMANDS = ['scripts/trunk-check trunks.json', 'scripts/server --trunks trunks.json'];

const icons = { up: CircleCheck, down: CircleAlert, unknown: CircleDashed } as const;

export function CarrierStep({ onNext }: { readonly onNext: () => void }) {
  const { data, isError } = useQuery(firstStepsQuery);
  const trunks = data?.trunks ?? [];
  return (
    <StepFrame step={3} text={words.setUp.carrierText}>
      <div className={styles['form']}>
        <div className={styles['fields']}>
          {isError && data === undefined ? <p role="alert">{words.setUp.failed}</p> : null}
          {data === undefined ? null : trunks.length === 0 ? (
            <section className={styles['part']} aria-label={words.setUp.noCarrier}>
              <h2>{words.setUp.noCarrier}</h2>
              <p>{words.setUp.noCarrierText}</p>
            </section>
          ) : (
            <section className={styles['part']} aria-label={words.setUp.carriers}>
              <h2>{words.setUp.carriers}</h2>
              <ul className={`card ${styles['trunks']}`} role="status">
                {trunks.map(({ name, state, isRegistered, trouble }) => {
                  // Alive, and of no use until it is mended.
                  const light = trouble === null ? state : 'down';
                  const Icon = icons[light];
                  return (
                    <li key={name} className={styles[light]}>
                      <Icon />
                      <span>
                        <b>{name}</b>
                        <small>{trouble === null ? [words.setUp.trunk[state], ...(isRegistered === null ? [] : [isRegistered ? words.setUp.registered : words.setUp.notRegistered])].join(', ') : words.setUp.trunkTrouble[trouble]}</small>
                      </span>
                    </li>
                  );
                })}
              </ul>
            </section>
          )}
          {data !== undefined && trunks.length === 0 ? (
            <section className={styles['part']} aria-label={words.setUp.connectTitle}>
              <h2>{words.setUp.connectTitle}</h2>
              <ol className={styles['how']}>
                {words.setUp.connectSteps.map((text, index) => (
                  <li key={text}>
                    {text}
                    <pre>{index === 0 ? EXAMPLE : COMMANDS[index - 1]}</pre>
                  </li>
                ))}
              </ol>
              <p>{words.setUp.connectMore}</p>
              <p>{words.setUp.connectLater}</p>
            </section>
          ) : null}
          <div className={styles['next']}>
            <button type="button" className="btn primary big" onClick={onNext}>
              {words.setUp.toLine}
            </button>
          </div>
        </div>
      </div>
    </StepFrame>
  );
}
