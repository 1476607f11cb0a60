/** Asks an operation with a token, as a program would: without the cookie of whoever is signed in here. Shows the answer as it came. */
import { Send } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { words } from '../../messages/all-words.ts';
import { Once } from '../../ui/once.tsx';
import styles from './api-docs-page.module.css';
import { addressOf, type Operation, sampleOf } from './description.ts';

/** What a program reads beside the body. */
const SHOWN_HEADERS = ['content-type', 'ratelimit', 'ratelimit-policy', 'retry-after'];

interface Shown {
  readonly title: string;
  readonly text: string;
}

export function TryIt({ operation, token }: { readonly operation: Operation; readonly token: string }) {
  const { name, method, scope, parameters, body } = operation;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [text, setText] = useState(() => (body === null ? '' : JSON.stringify(sampleOf(body), null, 2)));
  const [shown, setShown] = useState<Shown | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const address = `/api${addressOf(operation, values)}`;

  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setShown(null);
    if (body !== null && !isJson(text)) return setTrouble(words.apiDocs.badBody);
    setTrouble(null);
    try {
      const response = await fetch(address, { method, credentials: 'omit', headers: { authorization: `Bearer ${token}`, ...(body === null ? {} : { 'content-type': 'application/json' }) }, ...(body === null ? {} : { body: text }) });
      const headers = SHOWN_HEADERS.flatMap((header) => (response.headers.has(header) ? [`${header}: ${response.headers.get(header)}`] : []));
      setShown({ title: words.apiDocs.took(response.status, response.statusText), text: `${headers.join('\n')}\n\n${pretty(await response.text())}` });
    } catch {
      setTrouble(words.apiDocs.unreachable);
    }
  };

  return (
    <form className={styles['try']} aria-label={`${words.apiDocs.try}: ${name}`} onSubmit={(event) => void send(event)}>
      <h3>{words.apiDocs.try}</h3>
      {parameters.map((parameter) => (
        <label key={parameter.name}>
          <span>{parameter.name}</span>
          <input required={parameter.required === true} value={values[parameter.name] ?? ''} onChange={(event) => setValues({ ...values, [parameter.name]: event.target.value })} />
        </label>
      ))}
      {body === null ? null : (
        <label>
          <span>{words.apiDocs.body}</span>
          <textarea rows={8} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
        </label>
      )}
      {scope?.endsWith(':write') === true ? <p>{words.apiDocs.writes}</p> : null}
      <button type="submit" className="btn primary">
        <Send />
        {words.apiDocs.send}
      </button>
      <p role="alert">{trouble}</p>
      {shown === null ? null : (
        <div role="status">
          <b>{shown.title}</b>
          <pre>{shown.text}</pre>
        </div>
      )}
      <h3>{words.apiDocs.curl}</h3>
      <Once secret={curlOf(method, address, body === null ? null : text)} label={words.apiDocs.curl} />
    </form>
  );
}

/** The token's place is left open: a command that holds one ends up in a shell's history. */
function curlOf(method: string, address: string, body: string | null): string {
  const data = body === null ? '' : ` -H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}'`;
  return `curl -X ${method} -H "authorization: Bearer $QUIETLINE_TOKEN"${data} '${location.origin}${address}'`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function pretty(text: string): string {
  return isJson(text) ? JSON.stringify(JSON.parse(text), null, 2) : text;
}
