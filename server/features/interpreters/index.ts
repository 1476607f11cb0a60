/** The door of interpreters: the telephone services that a practice's calls can bring in. */
export { createInterpreterRoutes } from './interpreter-routes.ts';
export { createInterpreters, removeSandboxInterpreter, sealedInterpreterColumns, seedSandboxInterpreter, type Interpreters } from './interpreters.ts';
