/** How the practice answers: which lines take messages, the greeting, how long messages are kept, what is heard on hold. Saved as it is chosen; changed by admins, read by everybody. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Play, Square } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { LineId } from '#contract/ids.ts';
import { type GreetingLanguage, greetingLanguages, retentionDays, type VoicemailSettings } from '#contract/voicemail.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { SectionPage } from '../../ui/section-page.tsx';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { useMemberNames } from '../members/use-member-names.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import { useSession } from '../sign-in/use-session.ts';
import { decodeSamples, playSamples, type Playback } from '../spoken-messages/message-recorder.ts';
import styles from './answering-section.module.css';
import { RecordGreeting } from './record-greeting.tsx';
import { lasts } from './voicemail-card.tsx';
import { answeringQuery } from './voicemail-queries.ts';

type Changeable = Pick<VoicemailSettings, 'languages' | 'holdSound'> & { readonly retentionDays: (typeof retentionDays)[number] };

export function AnsweringSection() {
  const isAdmin = useSession().roles.includes('practice-admin');
  const read = useQuery(answeringQuery);
  const queries = useQueryClient();
  const text = words.voicemail.answering;
  const [news, setNews] = useState<'saved' | 'failed' | null>(null);
  // One after the other: the last answer is the last change's.
  const saving = useRef<Promise<void>>(Promise.resolve());

  const save = (run: () => Promise<unknown>, shown: Partial<VoicemailSettings> = {}): void => {
    // What was chosen stands at once.
    queries.setQueryData(answeringQuery.queryKey, (before) => (before === undefined ? before : { ...before, ...shown }));
    saving.current = saving.current.then(() => saveNow(run));
  };
  const saveNow = async (run: () => Promise<unknown>): Promise<void> => {
    try {
      queries.setQueryData(answeringQuery.queryKey, (await run()) as VoicemailSettings);
      setNews('saved');
    } catch {
      setNews('failed');
      await read.refetch();
    }
  };

  return (
    <SectionPage title={text.title} lead={text.text}>
      {read.isPending ? <Waiting text={words.loading(text.title)} /> : null}
      {read.isError && read.data === undefined ? <LoadFailed text={words.you.failed} onRetry={read.refetch} /> : null}
      {read.data === undefined ? null : <Parts settings={read.data} isAdmin={isAdmin} onSave={save} onReread={() => void read.refetch()} />}
      <p className={styles['news']} role={news === 'failed' ? 'alert' : 'status'}>
        {news === null ? (isAdmin || read.data === undefined ? '' : text.adminsOnly) : text[news]}
      </p>
    </SectionPage>
  );
}

interface PartsProps {
  readonly settings: VoicemailSettings;
  readonly isAdmin: boolean;
  /** `shown`: what stands on the screen meanwhile. */
  readonly onSave: (run: () => Promise<unknown>, shown?: Partial<VoicemailSettings>) => void;
  readonly onReread: () => void;
}

function Parts({ settings, isAdmin, onSave, onReread }: PartsProps) {
  const { formatOpenly } = usePhoneNumbers();
  const text = words.voicemail.answering;
  const change = (part: Partial<Changeable>): void => {
    onSave(() => api.answering.change(part), part);
  };
  const setLine = (lineId: LineId, takesVoicemail: boolean): void => onSave(() => api.answering.setLine({ lineId, takesVoicemail }), { lines: settings.lines.map((line) => (line.id === lineId ? { ...line, takesVoicemail } : line)) });
  return (
    <>
      <Part title={text.linesTitle} lead={settings.lines.length === 0 ? text.noLines : text.linesText}>
        {settings.lines.map((line) => (
          <label key={line.id} className={styles['line']}>
            <input type="checkbox" checked={line.takesVoicemail} disabled={!isAdmin} aria-label={text.switchLine(line.name)} onChange={(event) => setLine(line.id, event.target.checked)} />
            <span>
              <b>{line.name}</b> <span className="nowrap">{formatOpenly(line.number)}</span>
              <small>{line.takesVoicemail ? text.on : text.off}</small>
            </span>
          </label>
        ))}
      </Part>
      <Greeting settings={settings} isAdmin={isAdmin} onSave={onSave} onReread={onReread} onLanguages={(languages) => change({ languages })} />
      <Part title={text.keptTitle} lead={text.keptText}>
        <label>
          <span className="sr">{text.keptTitle}</span>
          <select value={settings.retentionDays} disabled={!isAdmin} onChange={(event) => change({ retentionDays: Number(event.target.value) as (typeof retentionDays)[number] })}>
            {retentionDays.map((days) => (
              <option key={days} value={days}>
                {text.days(days)}
              </option>
            ))}
          </select>
        </label>
      </Part>
      <Part title={text.holdTitle} lead={text.holdText}>
        {(['music', 'silence'] as const).map((sound) => (
          <label key={sound} className={styles['choice']}>
            <input type="radio" name="hold-sound" checked={settings.holdSound === sound} disabled={!isAdmin} onChange={() => change({ holdSound: sound })} />
            {text[sound]}
          </label>
        ))}
      </Part>
    </>
  );
}

function Greeting({ settings, isAdmin, onSave, onReread, onLanguages }: PartsProps & { readonly onLanguages: (languages: GreetingLanguage[]) => void }) {
  const formats = useFormats();
  const nameOf = useMemberNames();
  const { member } = useSession();
  const text = words.voicemail.answering;
  const [isHearing, setHearing] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const playback = useRef<Playback | null>(null);
  useEffect(() => () => playback.current?.stop(), []);
  const { greeting, languages } = settings;

  const hear = async (): Promise<void> => {
    if (isHearing) return playback.current?.stop();
    try {
      const { recording } = await api.answering.listenToGreeting();
      setFailed(false);
      setHearing(true);
      playback.current = playSamples(decodeSamples(recording), () => setHearing(false));
    } catch {
      setFailed(true);
    }
  };
  const toggle = (language: GreetingLanguage): void => {
    const next = greetingLanguages.filter((each) => (each === language) !== languages.includes(each));
    if (next.length > 0) onLanguages(next);
  };

  return (
    <Part title={text.greetingTitle} lead={text.greetingText}>
      <p>{greeting === null ? text.isDefault : text.isOwn(lasts(greeting.durationMs), formats.date(greeting.recordedAt), greeting.recordedBy === member.id ? words.voicemail.you : nameOf(greeting.recordedBy))}</p>
      <span className={styles['buttons']}>
        <button type="button" className="btn" onClick={() => void hear()}>
          {isHearing ? <Square /> : <Play />}
          {isHearing ? text.stopListening : text.listen}
        </button>
        {greeting === null || !isAdmin ? null : (
          <button type="button" className="btn" onClick={() => onSave(() => api.answering.restoreGreeting())}>
            {text.restoreDefault}
          </button>
        )}
      </span>
      {hasFailed ? <p role="alert">{words.you.failed}</p> : null}
      {isAdmin ? <RecordGreeting onKept={onReread} /> : null}
      <fieldset>
        <legend>{text.languages}</legend>
        {greetingLanguages.map((language) => (
          <label key={language} className={styles['choice']}>
            <input type="checkbox" checked={languages.includes(language)} disabled={!isAdmin || (languages.length === 1 && languages.includes(language))} onChange={() => toggle(language)} />
            {text.languageNames[language]}
          </label>
        ))}
      </fieldset>
    </Part>
  );
}

function Part({ title, lead, children }: { readonly title: string; readonly lead: string; readonly children: ReactNode }) {
  return (
    <section className={`card ${styles['part']}`} aria-label={title}>
      <h2>{title}</h2>
      <p>{lead}</p>
      {children}
    </section>
  );
}
