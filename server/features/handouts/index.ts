/** The door of handouts: the page that patients take home. */
export { createHandoutPages, createHandoutRoutes } from './handout-routes.ts';
export { createHandoutPress, type HandoutPress } from './handout-press.ts';
export { createHandouts, type Handouts } from './handouts.ts';
