/** G.711 mu-law as the server keeps it: octets in, samples from -1 to 1 out (ITU-T G.711, table 2). */

const decoded = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const exponent = (bits >> 4) & 7;
  const magnitude = (((bits & 15) << 3) + 132) * 2 ** exponent - 132;
  return ((bits & 0x80) === 0 ? magnitude : -magnitude) / 32_768;
});

export function decodeMuLaw(octets: Uint8Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(octets, (code) => decoded[code]!);
}

export const octetsOfBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
