/** The API, to be read and tried: every operation with its scope, parameters, body, answers and errors, found by a word. Open to everyone, as the description is. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { words } from '../../messages/all-words.ts';
import { BrandMark } from '../../ui/brand-mark.tsx';
import { useTitle } from '../../ui/use-title.ts';
import styles from './api-docs-page.module.css';
import { fits, operationsOf, type Operation } from './description.ts';
import { OperationDetails } from './operation-details.tsx';

const descriptionQuery = queryOptions({
  queryKey: ['api-description'],
  staleTime: Infinity,
  queryFn: async (): Promise<Operation[]> => operationsOf((await (await fetch('/api/openapi.json')).json()) as Parameters<typeof operationsOf>[0]),
});

export function ApiDocsPage() {
  useTitle(words.pages.title(words.apiDocs.title));
  const { data, isError } = useQuery(descriptionQuery);
  const [typed, setTyped] = useState('');
  const [token, setToken] = useState('');
  const all = data ?? [];
  const shown = all.filter((operation) => fits(operation, typed.trim()));
  const groups = [...new Set(shown.map(({ group }) => group))];
  return (
    <main id="main" className={styles['page']}>
      <BrandMark />
      <h1>{words.apiDocs.title}</h1>
      <p>{words.apiDocs.text}</p>
      <ul className={styles['about']}>
        <li>
          {words.apiDocs.aboutToken} <code>Authorization: Bearer qlt_…</code>
        </li>
        <li>{words.apiDocs.aboutErrors}</li>
        <li>{words.apiDocs.aboutLimits}</li>
        <li>
          <a href="/api/openapi.json">{words.apiDocs.description}</a>
        </li>
      </ul>
      <form className={`card ${styles['find']}`} onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>{words.apiDocs.search}</span>
          <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
          <small role="status">{data === undefined ? '' : words.apiDocs.found(shown.length, all.length)}</small>
        </label>
        <label>
          <span>{words.apiDocs.token}</span>
          <input type="password" autoComplete="off" value={token} onChange={(event) => setToken(event.target.value.trim())} />
          <small>{words.apiDocs.tokenHelp}</small>
        </label>
      </form>
      {isError ? <p role="alert">{words.apiDocs.failed}</p> : data === undefined ? <p>{words.apiDocs.loading}</p> : shown.length === 0 ? <p>{words.apiDocs.none}</p> : null}
      {groups.map((group) => (
        <section key={group} aria-label={group}>
          <h2>{group}</h2>
          <div className={`card ${styles['operations']}`}>
            {shown
              .filter((operation) => operation.group === group)
              .map((operation) => (
                <OperationDetails key={operation.name} operation={operation} token={token} />
              ))}
          </div>
        </section>
      ))}
    </main>
  );
}
