/** Goes through every source file of the checkout and prints which rules are broken, where and why. Ends with 1 if any is. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { checkHouse } from './house-rules.ts';
import { checkImports, type Violation } from './import-rules.ts';

// What git knows or would add: nothing built, nothing installed.
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  .split('\0')
  .filter((file) => /\.(ts|tsx)$/.test(file) && existsSync(file));

const violations: Violation[] = files.flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  return [...checkImports(file, text), ...checkHouse(file, text)];
});

for (const { file, line, message } of violations) console.log(`${file}:${line} ${message}`);
console.log(violations.length === 0 ? `${files.length} files keep the house's rules` : `${violations.length} broken rules in ${files.length} files`);
process.exitCode = violations.length === 0 ? 0 : 1;
