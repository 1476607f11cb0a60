/** The set-up most stories share: the product with its sandbox, a browser with a physician's voice, and the demo practice's first member signed in. Ends all of it after the file. */
import { afterAll, beforeAll } from 'vitest';
import { excerpt } from './audio/speech-match.ts';
import { spokenClip } from './audio/spoken-clips.ts';
import { type ChromiumUnderTest, startChromium } from './browser/chromium.ts';
import { type MemberPage, signIn } from './member-page.ts';
import { type Product, startProduct } from './product.ts';
import { tellsOneStory } from './story.ts';

/** What the microphone plays, over and over: six seconds of speech. */
export const physiciansVoice = excerpt(spokenClip('physician'), 0, 6000);

export interface SandboxStory {
  readonly product: Product;
  readonly chromium: ChromiumUnderTest;
  readonly member: MemberPage;
}

/** Call once at the top of a file; `begin` is called before its first test. */
export function tellsSandboxStory(begin: (story: SandboxStory) => void): void {
  let product: Product | undefined;
  let chromium: ChromiumUnderTest | undefined;
  let member: MemberPage | undefined;

  tellsOneStory({ pages: () => [member?.page], product: () => product });
  beforeAll(async () => {
    product = await startProduct();
    chromium = await startChromium(physiciansVoice);
    member = await signIn(await chromium.newContext(), product.signInLink());
    begin({ product, chromium, member });
  });
  afterAll(async () => {
    await chromium?.close();
    await product?.close();
  });
}
