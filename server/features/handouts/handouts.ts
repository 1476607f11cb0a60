/** What a practice does with its handout: saves a draft, sees it as pages, publishes versions; and what patients get by its public code. */
import { handoutLanguageSchema, handoutSettingsSchema, type HandoutLanguage, type HandoutPage, type HandoutPaper, type HandoutSettings, type HandoutView } from '#contract/handouts.ts';
import type { MemberId } from '#contract/ids.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '#server/platform/clock/clock.ts';
import type { RandomSource } from '#server/platform/clock/random.ts';
import { inPractice, type Database } from '#server/platform/storage/database.ts';
import { appendAudit } from '../audit/index.ts';
import { encodeVCard } from '../contacts/index.ts';
import { handoutPageOf } from './handout-content-policy.ts';
import { handoutMessages, handoutSentences } from './handout-messages.ts';
import type { HandoutPress } from './handout-press.ts';
import { findDraft, findPracticeByCode, findVersion, insertVersion, listVersions, storeDraft, type HandoutTables, type HandoutTransaction, type StoredVersion, type VersionFacts } from './handout-store.ts';
import { encodeQr } from './qr-code.ts';

/** Who asks, and of which practice. */
export interface HandoutEditor {
  readonly practiceId: string;
  readonly practiceName: string;
  readonly country: string;
  readonly timeZone: string;
  readonly memberId: string;
}

export interface PublicHandout {
  readonly code: string;
  readonly page: HandoutPage;
  readonly languages: ReadonlyArray<{ readonly language: HandoutLanguage; readonly name: string }>;
}

export interface Handouts {
  read(editor: HandoutEditor): Promise<HandoutView>;
  save(editor: HandoutEditor, settings: HandoutSettings): Promise<HandoutView>;
  /** The draft as it is becomes the next version; one that is no different from the last is not published again. */
  publish(editor: HandoutEditor): Promise<HandoutView>;
  listVersions(editor: HandoutEditor): Promise<Array<{ version: number; at: string; by: MemberId }>>;
  /** Of the draft without `version`; undefined if there is no such version. */
  print(editor: HandoutEditor, language: HandoutLanguage, paper: HandoutPaper, version?: number): Promise<Buffer | undefined>;
  /** The newest published version by its public code, in the language asked for or the practice's first. */
  findPublic(code: string, language?: string): Promise<PublicHandout | undefined>;
  printPublic(found: PublicHandout, paper: HandoutPaper): Promise<Buffer>;
}

export interface HandoutsOptions {
  readonly database: Database;
  readonly press: HandoutPress;
  /** The practice's proven lines, the default first. */
  /** "https://calls.example.org"; without it the paper does not say where the page stands. */
  readonly publicOrigin?: string | undefined;
  readonly listLines: (practiceId: string) => Promise<ReadonlyArray<{ name: string; number: string }>>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomSource;
}

/** Letters and digits that are not mistaken for one another when read from paper. 31^6 codes, 30 bits: not secret, only unlike each other. */
const CODE_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const CODE_LENGTH = 6;

export function createHandouts({ database, press, listLines, publicOrigin, clock, random }: HandoutsOptions): Handouts {
  const inHandouts = <Value>(practiceId: string, run: (transaction: HandoutTransaction) => Promise<Value>): Promise<Value> => inPractice<HandoutTables, Value>(database, practiceId, run);
  const addressOf = (code: string): string | null => (publicOrigin === undefined ? null : `${publicOrigin.replace(/^https?:\/\//, '')}/h/${code}`);
  const newCode = (): string => Array.from(random.bytes(CODE_LENGTH), (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]!).join('');

  const writeDown = (transaction: HandoutTransaction, { practiceId, memberId }: HandoutEditor, action: 'handout-saved' | 'handout-published', detail = {}): Promise<void> =>
    appendAudit(transaction, clock.now(), { practiceId, actor: { kind: 'member', memberId: memberId as MemberId }, action, detail });

  const factsNow = async (editor: HandoutEditor): Promise<VersionFacts> => ({ practiceName: editor.practiceName, country: editor.country, timeZone: editor.timeZone, lines: (await listLines(editor.practiceId)).map(({ name, number }) => ({ name, number })) });

  const viewOf = async (transaction: HandoutTransaction, editor: HandoutEditor): Promise<HandoutView> => {
    const draft = (await findDraft(transaction, editor.practiceId))!;
    const settings = handoutSettingsSchema.parse(draft.settings);
    const facts = await factsNow(editor);
    const latest = await findVersion(transaction, editor.practiceId);
    return {
      settings,
      savedAt: draft.saved_at.toISOString(),
      published: latest === undefined ? null : { version: latest.version, at: latest.publishedAt.toISOString(), by: latest.publishedBy as MemberId, isDraftDifferent: !isSameHandout(latest, settings, facts) },
      publicPath: `/h/${draft.code}`,
      pages: settings.languages.map((language) => pageOf(settings, facts, language, 0, new Date(clock.now()), addressOf(draft.code))),
      sentences: handoutSentences,
      qr: encodeQr(cardOf(facts)),
    };
  };

  /** A practice that has never looked at its handout has one: the safer choices, to be read and published. */
  const withDraft = <Value>(editor: HandoutEditor, run: (transaction: HandoutTransaction) => Promise<Value>): Promise<Value> =>
    inHandouts(editor.practiceId, async (transaction) => {
      if ((await findDraft(transaction, editor.practiceId)) === undefined) await storeDraft(transaction, { ...editor, settings: handoutSettingsSchema.parse({}), at: new Date(clock.now()), newCode: newCode() });
      return run(transaction);
    });

  return {
    read: (editor) => withDraft(editor, (transaction) => viewOf(transaction, editor)),

    save: (editor, settings) =>
      withDraft(editor, async (transaction) => {
        await storeDraft(transaction, { ...editor, settings, at: new Date(clock.now()), newCode: newCode() });
        await writeDown(transaction, editor, 'handout-saved');
        return viewOf(transaction, editor);
      }),

    publish: (editor) =>
      withDraft(editor, async (transaction) => {
        // Two who publish at once take turns at the draft's row; the second finds nothing different.
        await transaction.selectFrom('handout').select('code').where('practice_id', '=', editor.practiceId).forUpdate().execute();
        const draft = (await findDraft(transaction, editor.practiceId))!;
        const settings = handoutSettingsSchema.parse(draft.settings);
        const facts = await factsNow(editor);
        const latest = await findVersion(transaction, editor.practiceId);
        if (latest === undefined || !isSameHandout(latest, settings, facts)) {
          await insertVersion(transaction, { practiceId: editor.practiceId, memberId: editor.memberId, version: (latest?.version ?? 0) + 1, at: new Date(clock.now()), settings, facts });
          await writeDown(transaction, editor, 'handout-published', { version: (latest?.version ?? 0) + 1 });
        }
        return viewOf(transaction, editor);
      }),

    listVersions: ({ practiceId }) => inHandouts(practiceId, async (transaction) => (await listVersions(transaction, practiceId)).map(({ version, published_at, published_by }) => ({ version, at: published_at.toISOString(), by: published_by as MemberId }))),

    async print(editor, language, paper, version) {
      const page = await withDraft(editor, async (transaction) => {
        const draft = (await findDraft(transaction, editor.practiceId))!;
        if (version === undefined) return pageOf(handoutSettingsSchema.parse(draft.settings), await factsNow(editor), language, 0, new Date(clock.now()), addressOf(draft.code));
        const found = await findVersion(transaction, editor.practiceId, version);
        return found === undefined ? undefined : pageOfVersion(found, language, addressOf(draft.code));
      });
      return page === undefined ? undefined : press.print(page, paper);
    },

    async findPublic(code, language) {
      const practiceId = await findPracticeByCode(database, code.toLowerCase());
      if (practiceId === undefined) return undefined;
      const found = await inHandouts(practiceId, (transaction) => findVersion(transaction, practiceId));
      if (found === undefined) return undefined;
      const { languages } = handoutSettingsSchema.parse(found.settings);
      const asked = handoutLanguageSchema.safeParse(language);
      const chosen = asked.success && languages.includes(asked.data) ? asked.data : languages[0]!;
      return { code: code.toLowerCase(), page: pageOfVersion(found, chosen, addressOf(code.toLowerCase())), languages: languages.map((each) => ({ language: each, name: handoutMessages[each].name })) };
    },

    printPublic: (found, paper) => press.print(found.page, paper),
  };
}

function pageOf(settings: HandoutSettings, facts: VersionFacts, language: HandoutLanguage, version: number, at: Date, address: string | null): HandoutPage {
  return handoutPageOf(settings, { ...facts, version, date: dayIn(facts.timeZone ?? 'UTC', at), card: cardOf(facts), address }, handoutMessages[language]);
}

function pageOfVersion({ version, publishedAt, settings, facts }: StoredVersion, language: HandoutLanguage, address: string | null): HandoutPage {
  return pageOf(handoutSettingsSchema.parse(settings), facts, language, version, publishedAt, address);
}

/** "2026-11-30": the day it is there, whatever day it is elsewhere. */
const dayIn = (timeZone: string, at: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

/** One contact with every number that the practice may call from: saved, each of them shows the practice's name. */
function cardOf({ practiceName, lines }: VersionFacts): string {
  return encodeVCard({ givenName: '', familyName: practiceName, fullName: practiceName, numbers: lines.map(({ number }, index) => ({ value: number, label: 'work', isPreferred: index === 0 })), email: null, birthday: null, language: null, categories: [] });
}

function isSameHandout(latest: StoredVersion, settings: HandoutSettings, facts: VersionFacts): boolean {
  // The zone dates a version and stands nowhere on it.
  const told = ({ practiceName, country, lines }: VersionFacts): unknown => JSON.parse(JSON.stringify({ practiceName, country, lines }));
  return isDeepStrictEqual(handoutSettingsSchema.parse(latest.settings), settings) && isDeepStrictEqual(told(latest.facts), told(facts));
}
