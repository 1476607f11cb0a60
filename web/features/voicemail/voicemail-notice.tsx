/** That somebody left something, where the keypad covers the inbox: one line that leads there. Nothing where all is heard. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Voicemail } from 'lucide-react';
import { words } from '../../messages/messages.ts';
import { voicemailQuery } from './voicemail-queries.ts';
import styles from './voicemail.module.css';

export function VoicemailNotice({ onOpen }: { readonly onOpen: () => void }) {
  const open = useInfiniteQuery(voicemailQuery(false));
  const unheard = (open.data?.pages ?? []).flatMap((page) => page.messages).filter(({ isHeard }) => !isHeard).length;
  if (unheard === 0) return null;
  return (
    <button type="button" className={styles['notice']} onClick={onOpen}>
      <Voicemail className="small" />
      {words.voicemail.title}: {words.voicemail.unheard(unheard)}
    </button>
  );
}
