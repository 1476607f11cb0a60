/** The member's own messages as the screens read them, and which of them one tap leaves: chosen on this device, else the oldest, else the one the server speaks. */
import { queryOptions } from '@tanstack/react-query';
import { defaultSpokenMessageId, defaultSpokenMessageMs } from '#contract/default-spoken-message.ts';
import type { SpokenMessageView } from '#contract/spoken-messages.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/messages.ts';

export const spokenMessagesQuery = queryOptions({ queryKey: ['spoken-messages'], queryFn: () => api.spokenMessages.list() });

const chosenKey = 'quietline.message';

export const chooseMessage = (id: string): void => localStorage.setItem(chosenKey, id);

export type LeavableMessage = Pick<SpokenMessageView, 'id' | 'name' | 'durationMs'>;

/** Whoever has recorded nothing can still leave something. */
export function leavableMessages(recorded: readonly SpokenMessageView[]): readonly LeavableMessage[] {
  return recorded.length > 0 ? recorded : [{ id: defaultSpokenMessageId, name: words.spokenMessages.defaultName, durationMs: defaultSpokenMessageMs }];
}

export function chosenMessage<Message extends LeavableMessage>(messages: readonly Message[]): Message | undefined {
  const chosen = localStorage.getItem(chosenKey);
  return messages.find(({ id }) => id === chosen) ?? messages[0];
}
