/** The end of a mailed link: the token from the address, and a code that only the person's authenticator knows. */
import { type SubmitEvent, useState } from 'react';
import { api, isRefusal } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';
import { useTitle } from '../../ui/use-title.ts';
import { Door, takeToken } from './door.tsx';
import { enterCalls } from './enter.ts';
import { type Unreached, unreachedBy } from './entry-trouble.ts';
import { SignInWays } from './sign-in-ways.tsx';
import styles from './sign-in-form.module.css';

export function EmailCodePage() {
  useTitle(words.pages.title(words.pages.signIn));
  const [token] = useState(takeToken);
  const [code, setCode] = useState('');
  const [trouble, setTrouble] = useState<'code' | Unreached | null>(null);
  const [isUsed, setUsed] = useState(token === null);

  const finish = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (token === null) return;
    try {
      await api.secondWay.finishEmail({ token, code: code.trim() });
      enterCalls();
    } catch (error) {
      if (isRefusal(error, 'LINK_USED_OR_EXPIRED')) setUsed(true);
      else setTrouble(isRefusal(error, 'CODE_REFUSED') || isRefusal(error, 'BAD_REQUEST') ? 'code' : unreachedBy(error));
    }
  };

  if (isUsed)
    return (
      <Door>
        <h1>{words.signIn.usedTitle}</h1>
        <p className={styles['lead']}>{words.signIn.usedText}</p>
        <SignInWays />
      </Door>
    );
  return (
    <Door>
      <h1>{words.signIn.codeTitle}</h1>
      <form className={styles['form']} onSubmit={(event) => void finish(event)}>
        <label htmlFor="code">{words.signIn.codeLabel}</label>
        <input id="code" required inputMode="numeric" autoComplete="one-time-code" value={code} aria-invalid={trouble === 'code'} aria-describedby="code-help" onChange={(event) => setCode(event.target.value)} />
        <p id="code-help" role={trouble === null ? undefined : 'alert'}>
          {trouble === null ? '' : trouble === 'code' ? words.signIn.codeRefused : words.signIn.troubles[trouble]}
        </p>
        <button type="submit" className="btn primary big wide">
          {words.signIn.codeNext}
        </button>
      </form>
    </Door>
  );
}
