import { describe, expect, test } from 'vitest';
import { countFiles, filesToLookAtAgain, readReport, withSecondLook } from './test-report.ts';

const file = (name: string, status: string, ...tests: string[]): object => ({ name, status, assertionResults: tests.map((test, index) => ({ status: test, fullName: `${name} test ${index}` })) });
const read = (...files: object[]): NonNullable<ReturnType<typeof readReport>> => readReport(JSON.stringify({ testResults: files }))!;

test('passed, failed and skipped are summed over the files', () => {
  expect(countFiles(read(file('a', 'passed', 'passed', 'skipped'), file('b', 'passed', 'passed', 'todo')), true)).toEqual({ passed: 2, failed: 0, skipped: 2 });
  expect(countFiles(read(file('a', 'failed', 'failed', 'passed', 'failed')), false)).toEqual({ passed: 1, failed: 2, skipped: 0 });
});

test('a file that broke around its tests is a failure', () => {
  const files = read(file('a', 'failed', 'passed'));
  expect(countFiles(files, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(files[0]?.failures).toEqual(['a']);
});

test('a run that failed without saying why, or without a report, is a failure', () => {
  expect(countFiles(read(file('a', 'passed', 'passed')), false).failed).toBe(1);
  expect(countFiles(readReport(undefined), true).failed).toBe(1);
});

describe('the second look', () => {
  test('is taken at the files that failed, and at no other', () => {
    expect(filesToLookAtAgain(read(file('a', 'failed', 'failed'), file('b', 'passed', 'passed'), file('c', 'failed', 'passed')))).toEqual(['a', 'c']);
  });

  test('is not taken where much is broken, or where nothing has a name', () => {
    expect(filesToLookAtAgain(read(...['a', 'b', 'c', 'd'].map((name) => file(name, 'failed', 'failed'))))).toEqual([]);
    expect(filesToLookAtAgain(read(file('a', 'passed', 'passed')))).toEqual([]);
    expect(filesToLookAtAgain(undefined)).toEqual([]);
  });

  test('replaces the first word on its files, also where it is no better', () => {
    const first = read(file('a', 'failed', 'failed', 'passed'), file('b', 'passed', 'passed'), file('c', 'failed', 'failed'));
    const files = withSecondLook(first, read(file('a', 'passed', 'passed', 'passed'), file('c', 'failed', 'failed')));
    expect(countFiles(files, false)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });
});
