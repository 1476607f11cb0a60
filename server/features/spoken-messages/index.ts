/** The door of spoken messages: a member's recordings, kept sealed, to be left in mailboxes. */
export { createSpokenMessageRoutes } from './spoken-message-routes.ts';
export { createSpokenMessages, type SpokenMessages } from './spoken-messages.ts';
export { sealedSpokenMessageColumns } from './sealed-spoken-message-columns.ts';
export { defaultSpokenMessage } from './default-message.ts';
export { readSamples, writeSamples } from './sample-text.ts';
