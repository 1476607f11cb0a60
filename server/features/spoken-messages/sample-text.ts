/** Recordings as they travel in bodies: 16-bit little-endian samples in base64. */
export function readSamples(base64: string): Int16Array {
  const octets = Buffer.from(base64, 'base64');
  return Int16Array.from({ length: octets.length >> 1 }, (_, index) => octets.readInt16LE(2 * index));
}

export function writeSamples(samples: Int16Array): string {
  const octets = Buffer.alloc(samples.length * 2);
  for (const [index, sample] of samples.entries()) octets.writeInt16LE(sample, 2 * index);
  return octets.toString('base64');
}
