/** Personal access tokens: made with a name and what they may do, shown once, listed with their last use, revoked. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { AccessTokenView } from '#contract/access-tokens.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { Once } from '../../ui/once.tsx';
import { AccessTokenForm, type NewToken } from './access-token-form.tsx';
import styles from './me-section.module.css';
import { useFormats } from './use-formats.ts';
import { accessTokensQuery } from './your-queries.ts';

type Step = { readonly name: 'idle' } | { readonly name: 'making' } | { readonly name: 'made'; readonly token: string };

export function AccessTokens() {
  const tokens = useQuery(accessTokensQuery);
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>({ name: 'idle' });
  const [hasFailed, setFailed] = useState(false);

  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
      setFailed(false);
    } catch {
      setFailed(true);
    }
    await queries.invalidateQueries({ queryKey: accessTokensQuery.queryKey });
  };
  const make = (wanted: NewToken): Promise<void> => attempt(async () => setStep({ name: 'made', token: (await api.accessTokens.create(wanted)).token }));
  const revoke = (accessTokenId: string): Promise<void> => attempt(async () => void (await api.accessTokens.revoke({ accessTokenId })));

  return (
    <section className={`card ${styles['section']}`} aria-label={words.tokens.title}>
      <h2>{words.tokens.title}</h2>
      <p>
        {words.tokens.text}{' '}
        <a href="/api/docs" target="_blank" rel="noreferrer">
          {words.tokens.docs}
        </a>
      </p>
      <ul>
        {(tokens.data ?? []).map((token) => (
          <TokenRow key={token.id} token={token} onRevoke={() => void revoke(token.id)} />
        ))}
      </ul>
      {step.name === 'made' ? (
        <div className={styles['recovery']}>
          <p>{words.tokens.once}</p>
          <Once secret={step.token} label={words.tokens.made} />
          <button type="button" className="btn primary" onClick={() => void attempt(async () => setStep({ name: 'idle' }))}>
            {words.tokens.kept}
          </button>
        </div>
      ) : null}
      {step.name === 'making' ? <AccessTokenForm onMake={make} onCancel={() => setStep({ name: 'idle' })} /> : null}
      <p role="alert">{hasFailed ? words.you.failed : null}</p>
      {step.name === 'idle' ? (
        <button type="button" className="btn" onClick={() => setStep({ name: 'making' })}>
          <KeyRound />
          {words.tokens.make}
        </button>
      ) : null}
    </section>
  );
}

function TokenRow({ token, onRevoke }: { readonly token: AccessTokenView; readonly onRevoke: () => void }) {
  const { date } = useFormats();
  const isOver = Date.parse(token.expiresAt) <= useNow(60_000);
  return (
    <li>
      <KeyRound />
      <span>
        <b>{token.name}</b>
        <small>{token.scopes.map((scope) => words.tokens.scopes[scope]).join('; ')}</small>
        <small>
          {token.lastUsedAt === null ? words.tokens.neverUsed : words.tokens.lastUsed(date(token.lastUsedAt))}, {isOver ? words.tokens.over(date(token.expiresAt)) : words.tokens.until(date(token.expiresAt))}
        </small>
      </span>
      <button type="button" className="btn compact" aria-label={words.tokens.revokeWhich(token.name)} onClick={onRevoke}>
        {words.tokens.revoke}
      </button>
    </li>
  );
}
