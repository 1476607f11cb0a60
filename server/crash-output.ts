/** What a crash, or somebody who asks the process for its state, may get to see: no environment, no connections, no debugger's view of the memory. Core dumps are scripts/server's and the service's to forbid. */

export function keepCrashesQuiet(): void {
  // A report is written only where NODE_OPTIONS asks for one; it would hold every variable, and every address that is talked to.
  if (process.report !== undefined) Object.assign(process.report, { excludeEnv: true, excludeNetwork: true });
  // Unheard, the signal opens a port by which anybody on this machine reads all that is in memory.
  process.on('SIGUSR1', () => {});
}
