/** The first run: a practice, its first admin's passkey, the carrier, a line. For whoever holds a link of the operator's; everyone else is told who that is. */
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { Link } from '../../router/link.tsx';
import { BrandMark } from '../../ui/brand-mark.tsx';
import { FullPageMessage } from '../../ui/full-page-message.tsx';
import { SandboxStrip } from '../../ui/sandbox-strip.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { CarrierStep } from './carrier-step.tsx';
import { LineStep } from './line-step.tsx';
import { PracticeStep } from './practice-step.tsx';
import styles from './set-up.module.css';
import { SignInStep } from './sign-in-step.tsx';
import { type Progress, useSetUp } from './use-set-up.ts';

export function SetUpPage() {
  useTitle(words.pages.title(words.setUp.title));
  const session = useQuery(sessionQuery);
  if (session.isPending) return null;
  if (session.isError)
    return (
      <FullPageMessage title={words.serverAway.title} text={words.serverAway.text}>
        <button type="button" className="btn primary big" onClick={() => void session.refetch()}>
          {words.serverAway.next}
        </button>
      </FullPageMessage>
    );
  if (session.data?.roles.includes('operator') !== true)
    return (
      <FullPageMessage title={words.setUp.deniedTitle} text={session.data === null ? words.setUp.deniedText : words.setUp.deniedMember}>
        <Link to={session.data === null ? '/sign-in' : '/'} className="btn primary big">
          {session.data === null ? words.signIn.title : words.signIn.openCalls}
        </Link>
      </FullPageMessage>
    );
  return <Wizard isSandbox={session.data.practice.sandbox} />;
}

function Wizard({ isSandbox }: { readonly isSandbox: boolean }) {
  const [progress, go, forget] = useSetUp();
  const leaveTo = (address: string): void => {
    forget();
    location.replace(address);
  };
  return (
    <div className={styles['page']}>
      {isSandbox ? <SandboxStrip /> : null}
      <div className={styles['wizard']}>
        <aside className={styles['rail']} aria-label={words.setUp.steps}>
          <BrandMark practice={words.setUp.title} />
          <ol>
            {words.setUp.names.map((name, index) => (
              <li key={name} aria-current={progress.step === index + 1 ? 'step' : undefined}>
                <i>{index + 1}</i>
                <span>
                  {name}
                  <small>{words.setUp.hints[index]}</small>
                </span>
              </li>
            ))}
          </ol>
          {isSandbox ? <p>{words.setUp.untilLine}</p> : null}
        </aside>
        <Step progress={progress} go={go} leaveTo={leaveTo} isSandbox={isSandbox} />
      </div>
    </div>
  );
}

interface StepProps {
  readonly progress: Progress;
  readonly go: (next: Progress) => void;
  readonly leaveTo: (address: string) => void;
  readonly isSandbox: boolean;
}

function Step({ progress, go, leaveTo, isSandbox }: StepProps) {
  const { step, draft } = progress;
  if (step === 1 || draft === null) return <PracticeStep draft={draft} onNext={(next) => go({ ...progress, step: 2, draft: next })} onLeave={() => leaveTo('/')} />;
  if (step === 2) return <SignInStep draft={draft} isMade={progress.isMade} onMade={() => go({ ...progress, isMade: true })} onBack={() => go({ ...progress, step: 1 })} onNext={() => go({ ...progress, step: 3 })} />;
  if (step === 3) return <CarrierStep onNext={() => go({ ...progress, step: 4 })} />;
  return <LineStep isSandbox={isSandbox} onOpen={leaveTo} />;
}
