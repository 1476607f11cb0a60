/** The first octets of one piece of memory, by their number: a view costs more to make than to keep, and few lengths occur. Owns no memory. */

/** For memory that is used again for every packet; each view is made once. */
export function createSizedViews(memory: Uint8Array): (length: number) => Uint8Array {
  const views: (Uint8Array | undefined)[] = [];
  return (length) => (views[length] ??= memory.subarray(0, length));
}
