/** Languages as one types them: codes with commas or spaces between. Text in, codes out; null for what is no code. */
import { languageTagSchema } from '#contract/interpreters.ts';

export function readLanguages(text: string): string[] | null {
  const codes = text.split(/[\s,;]+/).filter((each) => each !== '').map((each) => each.replace(/^[A-Za-z]+/, (primary) => primary.toLowerCase()));
  return codes.every((code) => languageTagSchema.safeParse(code).success) ? [...new Set(codes)] : null;
}
