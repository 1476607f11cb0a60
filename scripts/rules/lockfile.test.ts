import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
}

const root = join(import.meta.dirname, '../..');
const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, name), 'utf8')) as Record<string, unknown>;
const packages = Object.entries(read('package-lock.json')['packages'] as Record<string, Entry>).filter(([path]) => path !== '');
const known = new Set(packages.map(([path]) => path));

/** Where Node would look for it: beside the one that asks, then further up. */
function isThere(from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (known.has(`${at === '' ? '' : `${at}/`}node_modules/${name}`)) return true;
    if (at === '' || !at.includes('/node_modules/')) return known.has(`node_modules/${name}`);
  }
}

describe('the lockfile', () => {
  test('holds every optional package its entries name, of other platforms too, or npm ci refuses a fresh clone', () => {
    const missing = packages.flatMap(([path, { optionalDependencies = {} }]) => Object.keys(optionalDependencies).filter((name) => !isThere(path, name)));
    expect(missing).toEqual([]);
  });

  test('pins every package that is installed here by its content', () => {
    expect(packages.filter(([, { integrity, optional }]) => integrity === undefined && optional !== true).map(([path]) => path)).toEqual([]);
  });

  test('names no registry, so that each installation uses its own', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')).map(([path]) => path)).toEqual([]);
  });

  test('is of exact versions', () => {
    const { dependencies, devDependencies, optionalDependencies } = read('package.json') as Record<string, Record<string, string>>;
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });
});
