import { expect, test } from 'vitest';
import { countReport } from './test-report.ts';

const report = (failedTests: number, files: { status: string; assertionResults: { status: string }[] }[]): string =>
  JSON.stringify({ numPassedTests: 5, numFailedTests: failedTests, numPendingTests: 1, numTodoTests: 1, testResults: files });

test('passed, failed and skipped are summed', () => {
  expect(countReport(report(0, []), true)).toEqual({ passed: 5, failed: 0, skipped: 2 });
  expect(countReport(report(2, [{ status: 'failed', assertionResults: [{ status: 'failed' }] }]), false)).toEqual({ passed: 5, failed: 2, skipped: 2 });
});

test('a file that broke around its tests is a failure', () => {
  expect(countReport(report(0, [{ status: 'failed', assertionResults: [{ status: 'passed' }] }]), false).failed).toBe(1);
});

test('a run that failed without saying why, or without a report, is a failure', () => {
  expect(countReport(report(0, []), false).failed).toBe(1);
  expect(countReport(undefined, true).failed).toBe(1);
});
