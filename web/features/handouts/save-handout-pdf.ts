/** Saves a handout as PDF, of the draft or of a version. Says false where the server did not make it. */
import type { HandoutLanguage, HandoutPaper } from '#contract/handouts.ts';
import { api } from '../../api/api-client.ts';

export async function saveHandoutPdf(wanted: { readonly language: HandoutLanguage; readonly paper: HandoutPaper; readonly version?: number }): Promise<boolean> {
  try {
    const { fileName, base64 } = await api.handouts.pdf(wanted);
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
    Object.assign(document.createElement('a'), { href: address, download: fileName }).click();
    URL.revokeObjectURL(address);
    return true;
  } catch {
    return false;
  }
}
