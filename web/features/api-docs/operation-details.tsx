/** One operation, opened: what it needs, takes and answers, and a way to ask it with a token. */
import { useState } from 'react';
import { words } from '../../messages/all-words.ts';
import styles from './api-docs-page.module.css';
import type { Operation } from './description.ts';
import { TryIt } from './try-it.tsx';

export function OperationDetails({ operation, token }: { readonly operation: Operation; readonly token: string }) {
  const { name, method, path, scope, isOpen, parameters, body, answers } = operation;
  const [isShown, setShown] = useState(false);
  return (
    <details onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>
        <b>{method}</b> <code>{path}</code>
        <small>
          {name}, {scope !== null ? `${words.apiDocs.scope} ${scope}` : isOpen ? words.apiDocs.open : words.apiDocs.people}
        </small>
      </summary>
      {isShown ? (
        <div className={styles['details']}>
          {parameters.length === 0 ? null : (
            <>
              <h3>{words.apiDocs.parameters}</h3>
              <ul>
                {parameters.map((parameter) => (
                  <li key={parameter.name}>
                    <code>{parameter.name}</code> {[parameter.in, [parameter.schema.type].flat().join(' | '), ...(parameter.required === true ? [words.apiDocs.required] : [])].join(', ')}
                    {parameter.schema.enum === undefined ? null : <small>{parameter.schema.enum.map(String).join(' | ')}</small>}
                  </li>
                ))}
              </ul>
            </>
          )}
          {body === null ? null : (
            <details>
              <summary>{words.apiDocs.schema}</summary>
              <pre>{JSON.stringify(body, null, 2)}</pre>
            </details>
          )}
          <h3>{words.apiDocs.answers}</h3>
          <ul>
            {answers.map(({ status, codes }) => (
              <li key={status}>
                <code>{[status, ...codes].join(' ')}</code>
              </li>
            ))}
          </ul>
          {scope === null ? null : <TryIt operation={operation} token={token} />}
        </div>
      ) : null}
    </details>
  );
}
