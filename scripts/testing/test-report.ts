/** Counts what a vitest report says. A run that failed without a failed test (a leak, a crash) counts as one failure, so that it can never look green. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What one file of tests came to. */
export interface FileResult extends Counts {
  readonly file: string;
  /** The full names of the tests that failed; the file's own name where it broke around them. */
  readonly failures: readonly string[];
}

interface Report {
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** `text` is undefined where the run wrote no report; then there is nothing to say of its files. */
export function readReport(text: string | undefined): FileResult[] | undefined {
  if (text === undefined) return undefined;
  return (JSON.parse(text) as Report).testResults.map(({ name, status, assertionResults }) => {
    const named = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName);
    // A file that broke before or after its tests has failed, though none of its tests says so.
    const failures = named.length === 0 && status === 'failed' ? [name] : named;
    const passed = assertionResults.filter((test) => test.status === 'passed').length;
    return { file: name, failures, passed, failed: failures.length, skipped: assertionResults.length - passed - named.length };
  });
}

export function countFiles(files: readonly FileResult[] | undefined, isPassed: boolean): Counts {
  if (files === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const sum = (of: keyof Counts): number => files.reduce((total, file) => total + file[of], 0);
  const failed = sum('failed');
  return { passed: sum('passed'), failed: failed === 0 && !isPassed ? 1 : failed, skipped: sum('skipped') };
}

/** More broken files than this are no accident of timing: they are not looked at again. */
const mostLookedAtAgain = 3;

/**
 * The files a suite's failures are in, if they are worth running once more, alone; empty otherwise.
 * A run that wrote no report, or failed outside its files, is not: what is wrong with it has no name to run.
 */
export function filesToLookAtAgain(files: readonly FileResult[] | undefined): string[] {
  const broken = (files ?? []).filter(({ failed }) => failed > 0).map(({ file }) => file);
  return broken.length <= mostLookedAtAgain ? broken : [];
}

/** The first look with the second look's word on the files that it was given. */
export function withSecondLook(first: readonly FileResult[], second: readonly FileResult[]): FileResult[] {
  const again = new Map(second.map((result) => [result.file, result]));
  return first.map((result) => again.get(result.file) ?? result);
}
