/** SIP ladders: the operator's switch, the calls that were recorded, and one of them opened. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CallId } from '#contract/ids.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { SectionPage } from '../../ui/section-page.tsx';
import { useFormats } from '../sign-in/use-formats.ts';
import { LadderFigure } from './ladder-figure.tsx';
import { sipTracesQuery } from './sip-trace-queries.ts';
import styles from './sip-traces.module.css';

const MINUTES = 60;

export function SipTracesSection() {
  const { data: state, isError } = useQuery(sipTracesQuery);
  const queryClient = useQueryClient();
  const formats = useFormats();
  const [opened, setOpened] = useState<CallId | null>(null);
  const change = useMutation({
    mutationFn: (isOn: boolean) => (isOn ? api.sipTraces.switchOn({ minutes: MINUTES }) : api.sipTraces.switchOff()),
    onSuccess: (next) => queryClient.setQueryData(sipTracesQuery.queryKey, next),
  });
  const isOn = state !== undefined && state.onUntil !== null;
  const said = isOn ? words.sipTraces.on(formats.time(state.onUntil!)) : words.sipTraces.off;
  const traces = state?.traces ?? [];
  const open = traces.find(({ callId }) => callId === opened);
  return (
    <SectionPage title={words.sipTraces.title} lead={words.sipTraces.lead}>
      {isError && state === undefined ? (
        <p role="alert" className={styles['trouble']}>
          {words.sipTraces.failed}
        </p>
      ) : null}
      {state === undefined ? (
        isError ? null : <p className={styles['wait']}>{words.loading(words.sipTraces.title)}</p>
      ) : (
        <>
          <div className={`card ${styles['switch']}`}>
            <div aria-live="polite">
              <b>{said.title}</b>
              <p>{state.maySwitch ? said.text : isOn ? said.text : words.sipTraces.onlyOperator}</p>
            </div>
            {state.maySwitch ? (
              <button type="button" className={isOn ? 'btn' : 'btn primary'} disabled={change.isPending} onClick={() => change.mutate(!isOn)}>
                {isOn ? words.sipTraces.switchOff : words.sipTraces.switchOn}
              </button>
            ) : null}
            {change.isError ? (
              <p role="alert" className={styles['trouble']}>
                {words.sipTraces.failed}
              </p>
            ) : null}
          </div>
          <section aria-label={words.sipTraces.calls}>
            <h2>{words.sipTraces.calls}</h2>
            {traces.length === 0 ? <p className={styles['wait']}>{words.sipTraces.none}</p> : null}
            <ul className={traces.length === 0 ? '' : `card ${styles['calls']}`}>
              {traces.map(({ callId, startedAt, trunks, messageCount, lastStatus }) => (
                <li key={callId}>
                  <button type="button" aria-expanded={callId === opened} onClick={() => setOpened(callId === opened ? null : callId)}>
                    <b>{formats.dayAndTime(startedAt)}</b>
                    <span>{[trunks.join(', '), words.sipTraces.outcome(lastStatus), words.sipTraces.messageCount(messageCount)].join(' · ')}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
          {open === undefined ? null : <LadderFigure key={open.callId} callId={open.callId} time={formats.time(open.startedAt)} linksToLog onClose={() => setOpened(null)} />}
        </>
      )}
    </SectionPage>
  );
}
