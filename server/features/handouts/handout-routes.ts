/** The routes of the handout's editor, and the public pages that patients open. Decides nothing. */
import { handoutPaperSchema } from '#contract/handouts.ts';
import type { PublicPage } from '#server/platform/http/public-pages.ts';
import { api, type MemberGuard, type MemberSession } from '../members/index.ts';
import { encodeHandoutHtml, HANDOUT_CSS } from './handout-html-codec.ts';
import type { HandoutEditor, Handouts } from './handouts.ts';
import { drawQr, encodeQr } from './qr-code.ts';

export function createHandoutRoutes({ handouts, guard }: { handouts: Handouts; guard: MemberGuard }) {
  const os = api.handouts;
  return {
    handouts: {
      read: os.read.use(guard).handler(({ context }) => handouts.read(editorOf(context.session))),
      save: os.save.use(guard).handler(({ input, context }) => handouts.save(editorOf(context.session), input.settings)),
      publish: os.publish.use(guard).handler(({ context }) => handouts.publish(editorOf(context.session))),
      listVersions: os.listVersions.use(guard).handler(({ context }) => handouts.listVersions(editorOf(context.session))),
      pdf: os.pdf.use(guard).handler(async ({ input, context, errors }) => {
        const pdf = await handouts.print(editorOf(context.session), input.language, input.paper, input.version);
        if (pdf === undefined) throw errors.VERSION_NOT_FOUND();
        return { fileName: `handout-${input.language}-${input.paper}.pdf`, base64: pdf.toString('base64') };
      }),
    },
  };
}

/** What lies below /h/, for anyone who has the code from paper. */
export function createHandoutPages(handouts: Handouts): PublicPage[] {
  return [
    { path: '/h/handout.css', answer: async () => ({ type: 'text/css; charset=utf-8', body: HANDOUT_CSS, maxAgeS: 3_600 }) },
    {
      path: '/h/:code/qr.svg',
      answer: async ({ code }) => {
        const found = await handouts.findPublic(code ?? '');
        return found && { type: 'image/svg+xml', body: drawQr(encodeQr(found.page.card)), maxAgeS: 300 };
      },
    },
    {
      path: '/h/:code/numbers.vcf',
      answer: async ({ code }) => {
        const found = await handouts.findPublic(code ?? '');
        return found && { type: 'text/vcard; charset=utf-8', body: found.page.card, maxAgeS: 300 };
      },
    },
    {
      path: '/h/:code/:language/:file',
      answer: async ({ code, language, file }) => {
        const paper = handoutPaperSchema.safeParse(file?.replace(/\.pdf$/, ''));
        const found = paper.success && file?.endsWith('.pdf') === true ? await handouts.findPublic(code ?? '', language) : undefined;
        return found && paper.data && { type: 'application/pdf', body: await handouts.printPublic(found, paper.data), maxAgeS: 300 };
      },
    },
    ...['/h/:code', '/h/:code/:language'].map((path): PublicPage => ({
      path,
      answer: async ({ code, language }) => {
        const found = await handouts.findPublic(code ?? '', language);
        return found && { type: 'text/html; charset=utf-8', body: encodeHandoutHtml(found.page, { path: `/h/${found.code}`, languages: found.languages }), maxAgeS: 60 };
      },
    })),
  ];
}

function editorOf(session: MemberSession): HandoutEditor {
  const { id, name, country, timeZone } = session.practice;
  return { practiceId: id, practiceName: name, country, timeZone, memberId: session.member.id };
}
