/** The handout's sentences in its languages, one file each. Checks them at the start, so that a file with a missing sentence never meets a patient. */
import * as z from 'zod';
import { handoutLanguageSchema, handoutSentenceSchema, type HandoutLanguage, type HandoutSentence } from '#contract/handouts.ts';
import ar from './messages/ar.json' with { type: 'json' };
import en from './messages/en.json' with { type: 'json' };
import es from './messages/es.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import zh from './messages/zh.json' with { type: 'json' };

const sentences = Object.fromEntries(handoutSentenceSchema.options.map((sentence) => [sentence, z.string().min(1)])) as Record<HandoutSentence, z.ZodString>;

const messagesSchema = z.strictObject({
  language: handoutLanguageSchema,
  name: z.string(),
  direction: z.enum(['ltr', 'rtl']),
  /** Nobody has read it: the page says so until someone of the practice approves it. */
  isMachineMade: z.boolean(),
  ...sentences,
  /** By the language's plural categories (CLDR). */
  businessDays: z.partialRecord(z.enum(['zero', 'one', 'two', 'few', 'many', 'other']), z.string()),
});
export type HandoutMessages = z.infer<typeof messagesSchema>;

export const handoutMessages: Readonly<Record<HandoutLanguage, HandoutMessages>> = { ar: messagesSchema.parse(ar), en: messagesSchema.parse(en), es: messagesSchema.parse(es), fr: messagesSchema.parse(fr), zh: messagesSchema.parse(zh) };

/** What of them a practice may correct. */
export const handoutSentences = Object.fromEntries(
  Object.values(handoutMessages).map((messages) => [messages.language, Object.fromEntries(handoutSentenceSchema.options.map((sentence) => [sentence, messages[sentence]]))]),
) as Record<HandoutLanguage, Record<HandoutSentence, string>>;
