/** A purge receipt as text: what is signed, field by field in one order. Pure; holds counts and key names, never a word or a number of anyone's. */
import * as z from 'zod';

export const purgeReceiptSchema = z.strictObject({
  kind: z.literal('quietline-purge-receipt'),
  version: z.literal(1),
  id: z.uuid(),
  practiceId: z.uuid(),
  /** 'expired': 192 h after their calls; 'by-member': one note, destroyed by hand before that. */
  reason: z.enum(['expired', 'by-member']),
  /** The destroyed key's name: the hour, counted from 1970, in which its last note ended. For 'by-member' the key lives on until its hour, with nothing left to open but old copies of the database. */
  keyId: z.string().regex(/^epoch-\d{1,9}$/),
  isKeyDestroyed: z.boolean(),
  notes: z.int().positive(),
  /** When the rows were deleted; the key was gone before. */
  deletedAt: z.iso.datetime(),
});
export type PurgeReceipt = z.infer<typeof purgeReceiptSchema>;

/** The signed text. Key order is fixed by the schema, so that equal receipts have equal texts. */
export function encodeReceipt(receipt: PurgeReceipt): string {
  return JSON.stringify(purgeReceiptSchema.parse(receipt));
}

/** The receipt in a signed text; undefined for anything else. */
export function decodeReceipt(text: string): PurgeReceipt | undefined {
  try {
    const parsed = purgeReceiptSchema.safeParse(JSON.parse(text));
    // A text that says more, or in another order, than we would have written is not ours.
    return parsed.success && encodeReceipt(parsed.data) === text ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
