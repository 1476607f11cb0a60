/** The door of the sandbox's directory: the practice patients as the screens list them. */
export { createPatientNames, createSandboxRoutes } from './sandbox-directory.ts';
