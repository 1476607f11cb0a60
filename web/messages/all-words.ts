/** Every sentence, for the screens that are loaded later: whoever imports this is not there before its sentences are. What home shows imports messages.ts. */
import { loadAllWords, type Messages } from './messages.ts';

export const words: Messages = await loadAllWords();
