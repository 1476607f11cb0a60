/** What a new token is called, what it may do and for how long. Nothing is ticked before: a token reaches no further than somebody said. */
import { type SubmitEvent, useState } from 'react';
import type { TokenScope } from '#contract/access-tokens.ts';
import { words } from '../../messages/all-words.ts';
import { FormActs } from '../../ui/form-acts.tsx';
import styles from './me-section.module.css';

export interface NewToken {
  readonly name: string;
  readonly scopes: TokenScope[];
  readonly lifetimeDays: number;
}

const LIFETIMES_DAYS = [7, 30, 90, 365];

export function AccessTokenForm({ onMake, onCancel }: { readonly onMake: (wanted: NewToken) => Promise<void>; readonly onCancel: () => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<TokenScope[]>([]);
  const [lifetimeDays, setLifetimeDays] = useState(90);
  const [isUnscoped, setUnscoped] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setUnscoped(scopes.length === 0);
    if (scopes.length > 0) void onMake({ name: name.trim(), scopes, lifetimeDays });
  };
  const toggle = (scope: TokenScope): void => setScopes(scopes.includes(scope) ? scopes.filter((each) => each !== scope) : [...scopes, scope]);
  return (
    <form onSubmit={submit}>
      <label htmlFor="token-name">{words.tokens.name}</label>
      <input id="token-name" required maxLength={60} autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
      <fieldset className={styles['scopes']} aria-describedby="token-scopes-help">
        <legend>{words.tokens.may}</legend>
        {(Object.keys(words.tokens.scopes) as TokenScope[]).map((scope) => (
          <label key={scope}>
            <input type="checkbox" checked={scopes.includes(scope)} onChange={() => toggle(scope)} />
            <span>
              {words.tokens.scopes[scope]} <code>{scope}</code>
            </span>
          </label>
        ))}
      </fieldset>
      <p id="token-scopes-help" role={isUnscoped ? 'alert' : undefined}>
        {isUnscoped ? words.tokens.chooseScope : words.tokens.never}
      </p>
      <label htmlFor="token-lifetime">{words.tokens.lifetime}</label>
      <select id="token-lifetime" value={lifetimeDays} onChange={(event) => setLifetimeDays(Number(event.target.value))}>
        {LIFETIMES_DAYS.map((days) => (
          <option key={days} value={days}>
            {words.tokens.days(days)}
          </option>
        ))}
      </select>
      <FormActs onLeave={onCancel}>
        {words.tokens.makeIt}
      </FormActs>
    </form>
  );
}
