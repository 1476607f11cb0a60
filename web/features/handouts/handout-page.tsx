/** The handout's editor, and beside it the page as patients will have it. Saved as one chooses; public only when published. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { handoutLanguageSchema, handoutPaperSchema, type HandoutLanguage, type HandoutPage as Page, type HandoutSettings, type HandoutSpan, type HandoutView } from '#contract/handouts.ts';
import { api } from '../../api/api-client.ts';
import { queryClient } from '../../api/queries.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { usePhoneNumbers } from '../calls/use-phone-numbers.tsx';
import { useFormats } from '../sign-in/use-formats.ts';
import { Corrections } from './corrections.tsx';
import { PROMISED_DAYS, PromiseKept } from './promise-kept.tsx';
import { saveHandoutPdf } from './save-handout-pdf.ts';
import { Versions } from './versions.tsx';
import styles from './handout-page.module.css';

const SAVE_AFTER_MS = 500;
/** As ISO 8601 counts them, from Monday. */
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
/** 4 January 2027 is a Monday. */
const weekdayName = (day: number): string => new Intl.DateTimeFormat(words.language, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2027, 0, 3 + day));
const LANGUAGE_NAMES: Readonly<Record<HandoutLanguage, string>> = { en: 'English', es: 'Español', fr: 'Français', zh: '中文', ar: 'العربية' };

const handoutQuery = queryOptions({ queryKey: ['handout'], queryFn: () => api.handouts.read(), staleTime: Infinity });
/** Whoever comes back to the screen goes on from here, and not from what was read before. */
const remember = (view: HandoutView): HandoutView => queryClient.setQueryData(handoutQuery.queryKey, view) ?? view;

export function HandoutPage() {
  useTitle(words.pages.title(words.pages.handout));
  const read = useQuery(handoutQuery);
  if (read.isError)
    return (
      <main id="main" className={styles['quiet']}>
        <LoadFailed text={words.handouts.failed} onRetry={read.refetch} />
      </main>
    );
  return read.data === undefined ? <main id="main" className={styles['quiet']}><Waiting text={words.handouts.loading} /></main> : <Editor first={read.data} />;
}

function Editor({ first }: { readonly first: HandoutView }) {
  const formats = useFormats();
  const numbers = usePhoneNumbers();
  const [view, setView] = useState(first);
  const [settings, setSettings] = useState(first.settings);
  /** As it is typed; null while it stands as the practice's country writes it. */
  const [night, setNight] = useState<string | null>(null);
  /** On a phone, one of the two at a time. */
  const [isPreviewing, setPreviewing] = useState(false);
  const [hasPdfFailed, setPdfFailed] = useState(false);
  const [state, setState] = useState<'saved' | 'saving' | 'failed'>('saved');
  const [language, setLanguage] = useState<HandoutLanguage>(first.settings.languages[0] ?? 'en');
  const latest = useRef(first.settings);

  const save = async (chosen: HandoutSettings): Promise<void> => {
    latest.current = chosen;
    setState('saving');
    try {
      const saved = remember(await api.handouts.save({ settings: chosen }));
      // An answer to an older choice says nothing about the newest.
      if (latest.current !== chosen) return;
      setView(saved);
      setState('saved');
    } catch {
      if (latest.current === chosen) setState('failed');
    }
  };
  useEffect(() => {
    if (settings === latest.current) return;
    setState('saving');
    const timer = setTimeout(() => void save(settings), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [settings]);
  const newest = useRef(settings);
  useEffect(() => void (newest.current = settings), [settings]);
  // Leaving the screen is a pause too.
  useEffect(
    () => () => {
      if (newest.current !== latest.current) void api.handouts.save({ settings: newest.current }).then(remember, () => undefined);
    },
    [],
  );

  const set = (change: Partial<HandoutSettings>): void => setSettings({ ...settings, ...change });
  const setLanguageUsed = (one: HandoutLanguage, isUsed: boolean): void => {
    const languages = handoutLanguageSchema.options.filter((each) => (each === one ? isUsed : settings.languages.includes(each)));
    if (languages.length > 0) set({ languages });
  };
  const setWeekday = (day: number, isOpen: boolean): void => {
    const weekdays = WEEKDAYS.filter((each) => (each === day ? isOpen : settings.officeHours.weekdays.includes(each)));
    if (weekdays.length > 0) set({ officeHours: { ...settings.officeHours, weekdays } });
  };
  const isNightWrong = night !== null && night !== '' && numbers.complete(night) === null;
  const page = view.pages.find((each) => each.language === language) ?? view.pages[0];
  const { published } = view;
  const publicity = published === null ? words.handouts.notPublished : published.isDraftDifferent ? words.handouts.changedSince(published.version) : words.handouts.publishedAs(published.version);
  const savedAt = view.savedAt === null ? '' : formats.time(view.savedAt);
  const standing = state === 'failed' ? words.handouts.saveFailed : state === 'saving' ? words.handouts.saving : `${words.handouts.saved(savedAt)}, ${publicity}.`;

  return (
    <main id="main" className={`${styles['page']} ${isPreviewing ? styles['previewing'] : ''}`}>
      <div className={styles['sides']} role="group" aria-label={words.pages.handout}>
        {[false, true].map((isPreview) => (
          <button key={String(isPreview)} type="button" aria-pressed={isPreview === isPreviewing} onClick={() => setPreviewing(isPreview)}>
            {isPreview ? words.handouts.preview : words.handouts.edit}
          </button>
        ))}
      </div>
      <form className={styles['form']} onSubmit={(event) => event.preventDefault()}>
        <h1>{words.pages.handout}</h1>
        <p className={styles['sub']}>
          {words.handouts.text} <output>{standing}</output>{' '}
          {state === 'failed' ? (
            <button type="button" className="btn compact" onClick={() => void save(settings)}>
              {words.tryAgain}
            </button>
          ) : null}
        </p>
        <h2>{words.handouts.speed}</h2>
        <Row label={words.handouts.portal}>
          {(label) => (
            <select aria-label={label} value={settings.portalDays ?? ''} onChange={(event) => set({ portalDays: event.target.value === '' ? null : Number(event.target.value) })}>
              <option value="">{words.handouts.noPortal}</option>
              <Days />
            </select>
          )}
        </Row>
        <Row label={words.handouts.calls}>
          {(label) => (
            <select aria-label={label} value={settings.callDays} onChange={(event) => set({ callDays: Number(event.target.value) })}>
              <Days />
            </select>
          )}
        </Row>
        <PromiseKept promisedDays={settings.callDays} weekdays={settings.officeHours.weekdays} onPromise={(callDays) => set({ callDays })} />
        <Row label={words.handouts.afterHours}>
          {(label) => (
            <select aria-label={label} value={settings.afterHours} onChange={(event) => set({ afterHours: event.target.value as HandoutSettings['afterHours'] })}>
              {Object.entries(words.handouts.afterHoursChoices).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Row>
        <fieldset className={styles['days']}>
          <legend>{words.handouts.openOn}</legend>
          {WEEKDAYS.map((day) => (
            <label key={day}>
              <input type="checkbox" checked={settings.officeHours.weekdays.includes(day)} onChange={(event) => setWeekday(day, event.target.checked)} />
              {weekdayName(day)}
            </label>
          ))}
        </fieldset>
        {(['from', 'until'] as const).map((edge) => (
          <Row key={edge} label={words.handouts[edge]}>
            {(label) => <input type="time" aria-label={label} value={settings.officeHours[edge]} onChange={(event) => event.target.value !== '' && set({ officeHours: { ...settings.officeHours, [edge]: event.target.value } })} />}
          </Row>
        ))}
        <fieldset className={styles['results']}>
          <legend>{words.handouts.results}</legend>
          {(
            [
              ['by-date', words.handouts.byDate, words.handouts.byDateWhy],
              ['no-news', words.handouts.noNews, words.handouts.noNewsWhy],
            ] as const
          ).map(([value, text, why]) => (
            <label key={value}>
              <input type="radio" name="results" checked={settings.results === value} onChange={() => set({ results: value })} />
              <span>
                <b>{text}</b>
                <small>{why}</small>
              </span>
              {value === 'by-date' ? <i>{words.handouts.safer}</i> : null}
            </label>
          ))}
        </fieldset>
        <h2>{words.handouts.emergency}</h2>
        <Row label={words.handouts.hospital}>{(label) => <input aria-label={label} value={settings.hospital} maxLength={200} onChange={(event) => set({ hospital: event.target.value })} />}</Row>
        <Row label={words.handouts.dayAndNight}>
          {(label) => (
            <input
              type="tel"
              aria-label={label}
              aria-invalid={isNightWrong}
              value={night ?? (settings.dayAndNight === null ? '' : numbers.formatOpenly(settings.dayAndNight))}
              onChange={(event) => {
                setNight(event.target.value);
                const whole = numbers.complete(event.target.value);
                if (whole !== null || event.target.value === '') set({ dayAndNight: whole });
              }}
              onBlur={() => isNightWrong || setNight(null)}
            />
          )}
        </Row>
        {isNightWrong ? <p className={styles['wrong']}>{words.handouts.numberWrong}</p> : null}
        <fieldset className={styles['languages']}>
          <legend>{words.handouts.languages}</legend>
          {handoutLanguageSchema.options.map((each) => (
            <div key={each}>
              <label>
                <input type="checkbox" checked={settings.languages.includes(each)} onChange={(event) => setLanguageUsed(each, event.target.checked)} />
                {LANGUAGE_NAMES[each]}
              </label>
              {each !== 'en' && settings.languages.includes(each) ? (
                <label>
                  <input type="checkbox" checked={settings.approved.includes(each)} onChange={(event) => set({ approved: event.target.checked ? [...settings.approved, each] : settings.approved.filter((one) => one !== each) })} />
                  {words.handouts.approve(LANGUAGE_NAMES[each])}
                </label>
              ) : null}
            </div>
          ))}
        </fieldset>
        {page === undefined ? null : <Corrections key={page.language} page={page} view={view} settings={settings} onChange={(corrections) => set({ corrections })} />}
        {published === null ? null : <Versions latest={published.version} language={page?.language ?? 'en'} />}
      </form>
      <section className={styles['preview']} aria-label={words.handouts.preview}>
        {isPreviewing ? <output className={styles['sub']}>{standing}</output> : null}
        <div className={styles['tabs']}>
          {view.pages.map((each) => (
            <button key={each.language} type="button" lang={each.language} aria-pressed={each === page} onClick={() => setLanguage(each.language)}>
              {each.languageName}
            </button>
          ))}
        </div>
        {page === undefined ? null : <Paper page={page} qr={view.qr} />}
        <div className={styles['acts']}>
          {handoutPaperSchema.options.map((paper) => (
            <button key={paper} type="button" className="btn compact" disabled={state !== 'saved'} onClick={() => void saveHandoutPdf({ language: page?.language ?? 'en', paper }).then((isSaved) => setPdfFailed(!isSaved))}>
              <Download className="small" />
              {words.handouts.pdf(words.handouts.papers[paper])}
            </button>
          ))}
          <button type="button" className="btn primary" disabled={state !== 'saved'} onClick={() => void api.handouts.publish().then((published) => setView(remember(published)), () => setState('failed'))}>
            {words.handouts.publish}
          </button>
        </div>
        {hasPdfFailed ? (
          <p role="alert" className={styles['wrong']}>
            {words.handouts.pdfFailed}
          </p>
        ) : null}
        {page?.numbers.lines.length === 0 ? <p className={styles['address']}>{words.handouts.noLines}</p> : null}
        {published === null ? null : (
          <p className={styles['address']}>
            {words.handouts.address}{' '}
            <a href={view.publicPath} target="_blank" rel="noreferrer">
              {location.host + view.publicPath}
            </a>
          </p>
        )}
      </section>
    </main>
  );
}

const Days = () =>
  PROMISED_DAYS.map((count) => (
    <option key={count} value={count}>
      {words.handouts.days(count)}
    </option>
  ));

function Row({ label, children }: { readonly label: string; readonly children: (label: string) => ReactNode }) {
  return (
    <div className={styles['row']}>
      <span aria-hidden="true">{label}</span>
      {children(label)}
    </div>
  );
}

const Spans = ({ all }: { readonly all: readonly HandoutSpan[] }) =>
  all.map(({ text, isBold, isNumber }, index) => {
    const inner = isNumber ? <bdi dir="ltr">{text}</bdi> : text;
    // oxlint-disable-next-line react/no-array-index-key -- pieces of one sentence have no name but their place
    return isBold ? <b key={index}>{inner}</b> : <span key={index}>{inner}</span>;
  });

function Paper({ page, qr }: { readonly page: Page; readonly qr: readonly string[] }) {
  const dark = qr.flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`)).join('');
  const paragraphs = (all: ReadonlyArray<readonly HandoutSpan[]>): ReactNode =>
    all.map((spans, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- paragraphs have no name but their place
      <p key={index}>
        <Spans all={spans} />
      </p>
    ));
  return (
    <article className={styles['paper']} lang={page.language} dir={page.direction}>
      <p className={styles['practice']}>{page.practiceName}</p>
      <h2>{page.title}</h2>
      {page.machineMade === null ? null : <p className={styles['machine']}>{page.machineMade}</p>}
      {[page.emergency, ...page.sections].map(({ heading, paragraphs: all }, index) => (
        <section key={heading} className={index === 0 ? styles['urgent'] : undefined}>
          <h3>{heading}</h3>
          <div>{paragraphs(all)}</div>
        </section>
      ))}
      {page.numbers.lines.length === 0 ? null : <div className={styles['numbers']}>
        <svg viewBox={`0 0 ${qr.length} ${qr.length}`} width="116" height="116" aria-hidden="true" shapeRendering="crispEdges">
          <path fill="#fff" d={`M0 0h${qr.length}v${qr.length}H0z`} />
          <path fill="#10201b" d={dark} />
        </svg>
        <div>
          <p>
            <b>{page.numbers.heading}</b> {page.numbers.body}
          </p>
          {page.numbers.lines.map(({ name, number }) => (
            <p key={number}>
              {name} <b className="nowrap">{number}</b>
            </p>
          ))}
        </div>
      </div>}
    </article>
  );
}
