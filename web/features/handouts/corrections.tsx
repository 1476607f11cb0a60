/** Every sentence of one language's page, to be corrected. Emptied, or made as ours is, a correction goes away. */
import { useId, useState } from 'react';
import { handoutLanguageSchema, type HandoutPage, type HandoutSentence, handoutSentenceSchema, type HandoutSettings, type HandoutView } from '#contract/handouts.ts';
import { words } from '../../messages/all-words.ts';
import styles from './handout-page.module.css';

const MOST_CHARACTERS = 400;
const AFTER_HOURS = { 'on-call': 'afterHoursOnCall', 'answering-service': 'afterHoursAnsweringService', voicemail: 'afterHoursVoicemail', 'emergency-only': 'afterHoursEmergencyOnly' } as const;

interface Props {
  readonly page: HandoutPage;
  readonly view: HandoutView;
  readonly settings: HandoutSettings;
  readonly onChange: (corrections: HandoutSettings['corrections']) => void;
}

export function Corrections({ page, view, settings, onChange }: Props) {
  const { language, direction, languageName } = page;
  const [isOpen, setOpen] = useState(false);
  // The handout speaks every language that the screens speak.
  const readAs = handoutLanguageSchema.catch('en').parse(words.language);
  const mine = settings.corrections[language] ?? {};
  const correct = (sentence: HandoutSentence, text: string | undefined): void => {
    const { [sentence]: _before, ...others } = mine;
    onChange({ ...settings.corrections, [language]: text === undefined ? others : { ...others, [sentence]: text } });
  };
  return (
    <details className={styles['more']} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.handouts.correct(languageName)}</summary>
      <p>{words.handouts.correctHow}</p>
      {(isOpen ? shownSentences(settings, language) : []).map((sentence) => (
        <Sentence
          key={sentence}
          label={view.sentences[readAs][sentence]}
          ours={view.sentences[language][sentence]}
          first={mine[sentence]}
          language={language}
          direction={direction}
          onChange={(text) => correct(sentence, text)}
        />
      ))}
    </details>
  );
}

interface SentenceProps {
  /** The sentence in the language that the member reads. */
  readonly label: string;
  readonly ours: string;
  readonly first: string | undefined;
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly onChange: (text: string | undefined) => void;
}

function Sentence({ label, ours, first, language, direction, onChange }: SentenceProps) {
  const id = useId();
  const [text, setText] = useState(first ?? ours);
  const missing = valuesIn(ours).filter((value) => !text.includes(value));
  return (
    <div className={styles['sentence']}>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        lang={language}
        dir={direction}
        rows={text.length > 70 ? 3 : 1}
        maxLength={MOST_CHARACTERS}
        value={text}
        onChange={(event) => {
          // A page has no line breaks within a sentence.
          const typed = event.target.value.replaceAll(/\p{Cc}+/gu, ' ');
          setText(typed);
          onChange(typed.trim() === '' || typed.trim() === ours ? undefined : typed.trim());
        }}
        onBlur={() => text.trim() === '' && setText(ours)}
      />
      {missing.length === 0 ? null : <p>{words.handouts.missing(missing.join(', '))}</p>}
    </div>
  );
}

const valuesIn = (sentence: string): string[] => sentence.match(/\{\w+\}/g) ?? [];

/** Those that stand on the page as it is decided now. */
function shownSentences(settings: HandoutSettings, language: HandoutPage['language']): HandoutSentence[] {
  return handoutSentenceSchema.options.filter((sentence) => {
    if (sentence.startsWith('afterHours')) return sentence === AFTER_HOURS[settings.afterHours];
    if (sentence === 'resultsByDate' || sentence === 'resultsNoNews') return sentence === (settings.results === 'by-date' ? 'resultsByDate' : 'resultsNoNews');
    if (sentence.startsWith('write')) return settings.portalDays !== null;
    // Ours in English was written by people.
    if (sentence === 'machineMade') return language !== 'en';
    if (sentence === 'emergencyHospital') return settings.hospital !== '';
    return sentence !== 'emergencyDayAndNight' || settings.dayAndNight !== null;
  });
}
