/** How a line stands, in one chip and two sentences. Facts in, words out. */
import type { LineDetail } from '#contract/lines.ts';
import type { Formats } from '../../messages/formats.ts';
import type { Messages } from '../../messages/messages.ts';

export interface LineWords {
  readonly chip: string;
  readonly look: 'good' | 'soon' | 'late' | 'plain';
  /** Where calls back go; what keeps it from being shown. */
  readonly text: string;
  /** By whom it was proven, and until when; null where there is nothing to say. */
  readonly proof: string | null;
}

const DAY_MS = 86_400_000;

export function lineWordsOf(line: LineDetail, provenBy: string | null, { words, formats, nowMs }: { readonly words: Messages['lines']; readonly formats: Formats; readonly nowMs: number }): LineWords {
  const { state, kind, callsBackTo, provenAt, expiresAt } = line;
  const back = kind === 'hosted' ? words.backHere : callsBackTo === null ? words.backToClinic : words.backTo(callsBackTo);
  const entered = kind === 'hosted' ? words.cameBack : words.codeEntered;
  const ownChip = kind === 'hosted' ? words.chips.hosted : words.chips.verified;
  const isPending = line.isApprovalDue && state === 'proven';
  switch (state) {
    case 'unproven':
      return { chip: words.chips.unproven, look: 'plain', text: words.notYetShown, proof: null };
    case 'awaiting-approval':
      return { chip: words.chips.awaiting, look: 'soon', text: words.notYetShown, proof: entered };
    case 'expired':
      return { chip: words.chips.expired, look: 'late', text: back, proof: words.proofEnded(formats.date(expiresAt!)) };
    case 'proven': {
      if (expiresAt === null || provenAt === null) return { chip: ownChip, look: 'good', text: back, proof: null };
      const by = provenBy === null ? words.proven(formats.date(provenAt)) : words.provenBy(formats.date(provenAt), provenBy);
      const leftMs = Date.parse(expiresAt) - nowMs;
      if (isPending) return { chip: ownChip, look: 'good', text: back, proof: `${by} ${entered}` };
      if (line.isReminderDue) return { chip: words.chips.expires(Math.max(0, Math.floor(leftMs / DAY_MS))), look: 'soon', text: back, proof: `${by} ${words.fromThenNobody(formats.date(expiresAt))}` };
      return { chip: ownChip, look: 'good', text: back, proof: `${by} ${words.expires(formats.date(expiresAt), formats.relative(leftMs))}` };
    }
  }
}
