/** Counts what a vitest report says. A run that failed without a failed test (a leak, a broken file, a crash) counts as one failure, so that it can never look green. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** `text` is undefined where the run wrote no report. */
export function countReport(text: string | undefined, isPassed: boolean): Counts {
  const report = text === undefined ? undefined : (JSON.parse(text) as Report);
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  // A file that broke before or after its tests has failed, though none of its tests says so.
  const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')).length;
  const failed = report.numFailedTests + brokenFiles;
  return { passed: report.numPassedTests, failed: failed === 0 && !isPassed ? 1 : failed, skipped: report.numPendingTests + report.numTodoTests };
}
