/** Has the whole chain checked, part after part, each a request of its own: it shows how far it is, can be stopped, and ends with the screen. */
import { useEffect, useRef, useState } from 'react';
import type { AuditVerification } from '#contract/audit.ts';
import { api } from '../../api/api-client.ts';

export interface WholeCheck {
  /** What the parts so far say together; undefined before the first. */
  readonly verified: AuditVerification | undefined;
  readonly isRunning: boolean;
  readonly hasFailed: boolean;
  readonly start: () => void;
  readonly stop: () => void;
}

export function useWholeCheck(): WholeCheck {
  const [verified, setVerified] = useState<AuditVerification>();
  const [phase, setPhase] = useState<'idle' | 'running' | 'failed'>('idle');
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const run = async ({ signal }: AbortController): Promise<void> => {
    setVerified(undefined);
    setPhase('running');
    try {
      let sum: AuditVerification | undefined;
      for (let fromSeq: number | null = 1; fromSeq !== null; fromSeq = sum.nextSeq) {
        const part: AuditVerification = await api.audit.verify({ fromSeq }, { signal });
        sum = sum === undefined ? part : joined(sum, part);
        setVerified(sum);
      }
      setPhase('idle');
    } catch {
      if (signal.aborted) return;
      setPhase('failed');
    }
  };
  const stop = (): void => {
    running.current?.abort();
    // Half a check says nothing of the other half.
    setVerified(undefined);
    setPhase('idle');
  };
  const start = (): void => {
    running.current = new AbortController();
    void run(running.current);
  };
  return { verified, isRunning: phase === 'running', hasFailed: phase === 'failed', start, stop };
}

/** The same finding may be told by two parts: they meet in one entry. */
function joined(before: AuditVerification, part: AuditVerification): AuditVerification {
  const isNew = ({ kind, seq }: AuditVerification['findings'][number]): boolean => !before.findings.some((known) => known.kind === kind && known.seq === seq);
  return { ...part, fromSeq: before.fromSeq, entryCount: before.entryCount + part.entryCount, findings: [...before.findings, ...part.findings.filter(isNew)] };
}
