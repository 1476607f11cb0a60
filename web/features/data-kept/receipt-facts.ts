/** What a purge receipt's signed text says, as far as the list shows it. Verifying it is the command's, on the file as it stands. */

/** `at` is null where the text is not one this page knows how to read. */
export function receiptFacts(body: string): { readonly count: number; readonly at: string | null } {
  try {
    const { notes, deletedAt } = JSON.parse(body) as { readonly notes?: unknown; readonly deletedAt?: unknown };
    return { count: typeof notes === 'number' ? notes : 0, at: typeof deletedAt === 'string' ? deletedAt : null };
  } catch {
    return { count: 0, at: null };
  }
}
