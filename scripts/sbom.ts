/** Prints the bill of materials of a running server. Reads the lockfile and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials, type Lockfile } from './rules/bill-of-materials.ts';

const USAGE = `Usage: scripts/sbom > quietline.cdx.json

CycloneDX 1.5: every package that a running server may load, Node and PostgreSQL among them, with its version, licence and
hash, as the lockfile pins it. Tools of the build and of the tests are left out.`;

if (process.argv.length > 2) {
  console.log(USAGE);
  process.exitCode = process.argv.includes('--help') ? 0 : 2;
} else {
  console.log(JSON.stringify(billOfMaterials(JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as Lockfile), undefined, 2));
}
