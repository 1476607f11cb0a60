/** Keypresses in INFO bodies: application/dtmf-relay ("Signal=5, Duration=160") and application/dtmf (the digit alone). */

const DIGITS = '0123456789*#ABCD';

export function writeDtmfRelay(digit: string, durationMs: number): string {
  return `Signal=${digit}\r\nDuration=${Math.round(durationMs)}\r\n`;
}

export function readDtmf(contentType: string, body: string): { digit: string; durationMs: number } | undefined {
  const signal = contentType === 'application/dtmf' ? body.trim() : /^\s*Signal\s*=\s*(\S{1,2})\s*$/im.exec(body)?.[1];
  if (signal === undefined) return undefined;
  // Some peers write 10 and 11 for the star and the hash, as RFC 4733 numbers them.
  const digit = signal === '10' ? '*' : signal === '11' ? '#' : signal.toUpperCase();
  if (digit.length !== 1 || !DIGITS.includes(digit)) return undefined;
  const duration = /^\s*Duration\s*=\s*([0-9]{1,5})/im.exec(body)?.[1];
  return { digit, durationMs: duration === undefined ? 160 : Number(duration) };
}
