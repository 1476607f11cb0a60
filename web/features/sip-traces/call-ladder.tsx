/** The signalling of one call, where that call is shown: for those whose role reads ladders, and only of a call that was recorded. Asks for nothing until it is opened. */
import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight } from 'lucide-react';
import { lazy, Suspense, useId, useState } from 'react';
import type { CallId } from '#contract/ids.ts';
import { words } from '../../messages/all-words.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { sipTracesQuery } from './sip-trace-queries.ts';
import styles from './sip-traces.module.css';

const LadderFigure = lazy(async () => ({ default: (await import('./ladder-figure.tsx')).LadderFigure }));

export function CallLadder({ callId }: { readonly callId: CallId }) {
  const { roles } = useSession();
  const { data } = useQuery({ ...sipTracesQuery, enabled: roles.includes('practice-admin') || roles.includes('operator') });
  const formats = useFormats();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const trace = data?.traces.find((each) => each.callId === callId);
  if (trace === undefined) return null;
  return (
    <div className={styles['ofCall']}>
      <button type="button" className="btn quiet compact" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <ArrowLeftRight className="small" />
        {isOpen ? words.sipTraces.hide : words.sipTraces.show}
      </button>
      <div id={id}>
        {isOpen ? (
          <Suspense fallback={<p className={styles['wait']}>{words.loading(words.sipTraces.ladder(formats.time(trace.startedAt)))}</p>}>
            <LadderFigure callId={callId} time={formats.time(trace.startedAt)} linksToLog={false} onClose={null} />
          </Suspense>
        ) : null}
      </div>
    </div>
  );
}
