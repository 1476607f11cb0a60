/** The name of what an unfinished restore leaves in a data directory: a server does not start on it, and the next restore begins anew. */
export const UNFINISHED = 'restore-unfinished';
