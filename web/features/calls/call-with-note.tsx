/** A call's stage, live or over, and its note: side by side on a desk, one below the other in the hand. */
import type { ReactNode } from 'react';
import type { CallView } from '#contract/calls.ts';
import { NotePane } from '../notes/note-pane.tsx';
import styles from './call-with-note.module.css';

export function CallWithNote({ call, children }: { readonly call: CallView; readonly children: ReactNode }) {
  return (
    <div className={`${styles['both']} ${call.endedAt === null ? styles['live'] : ''}`}>
      <div className={styles['stage']}>{children}</div>
      <div className={styles['note']}>
        <NotePane key={call.id} callId={call.id} callEndedAt={call.endedAt} />
      </div>
    </div>
  );
}
