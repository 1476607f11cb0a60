/** A secret that came as text (a password, a shared secret, an address with a password in it), held where no dump of the heap, no inspection and no JSON shows it. Owns the hiding; whoever opens one lets go of the text at once. */
import { createSecretKey, type KeyObject } from 'node:crypto';

export type SecretText = KeyObject;

export function hideText(text: string): SecretText {
  const bytes = Buffer.from(text, 'utf8');
  const secret = createSecretKey(bytes);
  bytes.fill(0);
  return secret;
}

export function openText(secret: SecretText): string {
  const bytes = secret.export();
  const text = bytes.toString('utf8');
  bytes.fill(0);
  return text;
}
