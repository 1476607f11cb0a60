/** One call's ladder: drawn, then written out message by message, and as a file. Shows what the server took care to leave in, and no more. */
import { useQuery } from '@tanstack/react-query';
import { Download, History, X } from 'lucide-react';
import { useId } from 'react';
import type { CallId } from '#contract/ids.ts';
import type { SipMessageView } from '#contract/sip-traces.ts';
import { words } from '../../messages/all-words.ts';
import { Link } from '../../router/link.tsx';
import { ladderText } from './ladder-text.ts';
import { ladderQuery } from './sip-trace-queries.ts';
import styles from './sip-traces.module.css';

const ROW = 34;
const TOP = 44;
const WIDTH = 340;
const LEFT = 52;
const RIGHT = WIDTH - 52;

/** `onClose` null where what opened it closes it; `linksToLog` where it does not stand in the log itself. */
export function LadderFigure({ callId, time, linksToLog, onClose }: { readonly callId: CallId; readonly time: string; readonly linksToLog: boolean; readonly onClose: (() => void) | null }) {
  const { data: ladder, isError } = useQuery(ladderQuery(callId));
  const heading = useId();
  if (isError) return <p role="alert" className={styles['trouble']}>{words.sipTraces.failed}</p>;
  if (ladder === undefined) return <p className={styles['wait']}>{words.loading(words.sipTraces.ladder(time))}</p>;
  const save = (): void => {
    const address = URL.createObjectURL(new Blob([ladderText(ladder)], { type: 'text/plain' }));
    const link = Object.assign(document.createElement('a'), { href: address, download: 'sip-ladder.txt' });
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <section className={`card ${styles['ladder']}`} aria-labelledby={heading}>
      <div className={styles['ladderTop']}>
        <h2 id={heading}>{words.sipTraces.ladder(time)}</h2>
        <button type="button" className="btn" onClick={save}>
          <Download />
          {words.sipTraces.download}
        </button>
        {linksToLog && ladder.isInLog ? (
          <Link to={`/#call-${callId}`} className="btn">
            <History />
            {words.sipTraces.inLog}
          </Link>
        ) : null}
        {onClose === null ? null : (
          <button type="button" className="btn quiet" aria-label={words.sipTraces.close} onClick={onClose}>
            <X />
          </button>
        )}
      </div>
      {ladder.isCut ? <p>{words.sipTraces.cut}</p> : null}
      <Drawing messages={ladder.messages} trunk={ladder.trunks.join(', ')} />
      <ol className={styles['messages']}>
        {ladder.messages.map((message, index) => (
          // Nothing is ever taken out of the middle of a ladder.
          <li key={index}>
            <details>
              <summary>
                <b>{titleOf(message)}</b> <span>{[message.direction === 'to-trunk' ? words.sipTraces.sent : words.sipTraces.received, words.sipTraces.after((message.afterMs / 1_000).toFixed(2)), ...(message.hasSdp ? [words.sipTraces.withSound] : [])].join(', ')}</span>
              </summary>
              <pre>{message.lines.join('\n')}</pre>
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}

const titleOf = ({ title, cseq }: SipMessageView): string => (/^\d/.test(title) ? `${title} (${cseq.split(' ')[1] ?? ''})` : title);

function Drawing({ messages, trunk }: { readonly messages: readonly SipMessageView[]; readonly trunk: string }) {
  const height = TOP + messages.length * ROW + 12;
  return (
    <svg className={styles['drawing']} viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={words.sipTraces.drawing(messages.length)}>
      <text x={LEFT} y={18} textAnchor="middle" className={styles['end']}>{words.sipTraces.us}</text>
      <text x={RIGHT} y={18} textAnchor="middle" className={styles['end']}>{trunk.length > 14 ? words.sipTraces.trunk : trunk}</text>
      <line x1={LEFT} x2={LEFT} y1={26} y2={height} className={styles['life']} />
      <line x1={RIGHT} x2={RIGHT} y1={26} y2={height} className={styles['life']} />
      {messages.map((message, index) => {
        const y = TOP + index * ROW + 14;
        const isOut = message.direction === 'to-trunk';
        const tip = isOut ? RIGHT : LEFT;
        const back = isOut ? -8 : 8;
        return (
          <g key={index}>
            <text x={WIDTH / 2} y={y - 5} textAnchor="middle" className={styles['label']}>{`${titleOf(message)}${message.hasSdp ? ' +SDP' : ''}`}</text>
            <line x1={LEFT} x2={RIGHT} y1={y} y2={y} className={styles['arrow']} />
            <path d={`M ${tip} ${y} l ${back} -4 v 8 z`} className={styles['tip']} />
            <text x={isOut ? 4 : WIDTH - 4} y={y + 4} textAnchor={isOut ? 'start' : 'end'} className={styles['instant']}>{(message.afterMs / 1_000).toFixed(2)}</text>
          </g>
        );
      })}
    </svg>
  );
}
