import { describe, expect, test } from 'vitest';
import { checkHouse, houseRules } from './house-rules.ts';
import { checkImports, readImports } from './import-rules.ts';

const reasonFor = (file: string, specifier: string): string => checkImports(file, `import { x } from '${specifier}';\n`).map(({ message }) => message).join('\n');

describe('who may import whom: a planted violation is caught, with its reason', () => {
  test.each([
    ['contract/calls.ts', 'libphonenumber-js', 'runs in the browser and on the server'],
    ['contract/calls.ts', '#server/platform/clock/clock.ts', 'what both sides agree on'],
    ['web/features/calls/keypad.tsx', '#server/features/calls/call-machine.ts', 'by its contract alone'],
    ['web/features/calls/keypad.tsx', '../../../server/config.ts', 'by its contract alone'],
    ['web/main.tsx', 'node:fs', 'runs in a browser'],
    ['server/platform/http/http-server.ts', '../../features/calls/index.ts', 'knows nothing of what it carries'],
    ['server/platform/http/http-server.ts', '#contract/calls.ts', 'refusals only'],
    ['server/telephony/sip/agent/leg.ts', '#contract/calls.ts', 'no physician'],
    ['server/telephony/sip/agent/leg.ts', '#server/platform/storage/database.ts', 'no physician'],
    ['server/telephony/sip/agent/leg.ts', '../../media/media-port.ts', 'do not know one another'],
    ['server/telephony/sip/transport/udp.ts', '../agent/leg.ts', 'RFC 3261'],
    ['server/telephony/sip/messages/parser.ts', 'kysely', 'no database'],
    ['server/features/calls/calls.ts', '#server/telephony/sip/agent/leg.ts', 'enters telephony by its door'],
    ['server/features/calls/calls.ts', '../members/sign-in.ts', 'entered by its door'],
    ['server/features/members/sign-in.ts', '../calls/index.ts', 'imports go down only'],
    ['server/features/calls/calls.ts', '../fax/index.ts', 'has no place in featureOrder'],
    ['server/features/calls/calls.ts', '#server/main.ts', 'nobody imports main'],
    ['e2e/first-call.e2e.test.ts', '../server/main.ts', 'nobody imports main'],
    ['server/features/calls/call-store.ts', 'pg', 'only platform knows pg'],
    ['server/features/calls/call-machine.ts', 'node:crypto', 'is pure'],
    ['sandbox/carrier.ts', '#server/features/calls/index.ts', 'at the other end of the wire'],
    ['sandbox/carrier.ts', '#server/telephony/sip/agent/leg.ts', 'at the other end of the wire'],
    ['server/features/calls/calls.ts', '../../../contract/calls.ts', '#contract/calls.ts'],
    ['server/features/calls/calls.ts', './call-store', 'with its ending'],
    ['server/telephony/sip/agent/leg.ts', 'node:dgram', 'only transport/ holds sockets'],
    ['server/telephony/sip/carrier/sip-carrier.ts', 'node:net', 'only transport/ holds sockets'],
  ])('%s imports %s', (file, specifier, reason) => {
    expect(reasonFor(file, specifier)).toContain(reason);
  });

  test.each([
    ['contract/calls.ts', 'zod'],
    ['web/main.tsx', '#contract/calls.ts'],
    ['server/platform/http/problem.ts', '#contract/result.ts'],
    ['server/telephony/sip/agent/leg.ts', '#contract/result.ts'],
    ['server/telephony/sip/agent/leg.ts', '../transactions/client.ts'],
    ['server/telephony/media/embedded/uplink-repair.ts', '#contract/red-codec.ts'],
    ['server/telephony/media/embedded/engine.ts', '#server/platform/logging/log.ts'],
    ['server/features/calls/calls.ts', '../members/index.ts'],
    ['server/features/calls/calls.ts', '#server/telephony/index.ts'],
    ['server/features/calls/calls.ts', '#server/platform/storage/database.ts'],
    ['server/main.ts', '#server/features/calls/index.ts'],
    ['sandbox/carrier.ts', '#server/telephony/index.ts'],
    ['server/features/calls/call-machine.test.ts', 'fast-check'],
  ])('%s may import %s', (file, specifier) => {
    expect(reasonFor(file, specifier)).toBe('');
  });

  test('imports are found however they are written, and not in comments', () => {
    const text = [
      "import a from './a.ts';",
      "import type { B } from './b.ts';",
      "import {\n  c,\n} from './c.ts';",
      "import './d.ts';",
      "export * from './e.ts';",
      "export { f } from './f.ts';",
      "const g = await import('./g.ts');",
      "// import h from './h.ts';",
      "/* import i from './i.ts'; */",
      "const text = 'an import from somewhere';",
    ].join('\n');
    expect(readImports(text).map(({ specifier }) => specifier)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts']);
    expect(readImports("\n\nimport a from './a.ts';")).toEqual([{ specifier: './a.ts', line: 3 }]);
  });
});

describe('the house: a planted violation is caught, with its reason', () => {
  const header = '/** Owns something. */\n';
  const planted: [string, string, string][] = [
    ['server/features/calls/utils.ts', header, 'named for nothing'],
    ['server/features/calls/call-helpers.ts', header, 'named for nothing'],
    ['server/platform/http/index.ts', header, 'is a barrel'],
    ['server/features/calls/calls.ts', 'export const x = 1;\n', 'does not open with a sentence'],
    ['server/features/calls/calls.ts', `${header}const x = process.env['X'];`, 'reads the environment'],
    ['server/features/calls/call-machine.ts', `${header}const now = Date.now();`, 'is pure'],
    ['server/features/calls/dial-policy.ts', `${header}const x = Math.random();`, 'is pure'],
    ['server/features/calls/calls.ts', `${header}// ${'TO'}${'DO'} later`, 'note to oneself'],
    ['server/features/calls/calls.ts', `${header}export ${'en'}um State { On }`, 'declares an enum'],
    ['server/telephony/sip/agent/leg.ts', `${header}const sent = text ${'as'} OutgoingText;`, 'calls a text outgoing'],
    ['server/features/calls/calls.test.ts', `vi.${'mock'}('./call-store.ts')`, 'mocks a module'],
  ];
  test.each(planted)('%s', (file, text, reason) => {
    expect(checkHouse(file, text).map(({ message }) => message).join('\n')).toContain(reason);
  });

  test('every rule has a planted violation here', () => {
    for (const { message } of houseRules) expect(planted.some(([, , reason]) => message.includes(reason)), message).toBe(true);
  });

  test('a violation names its line', () => {
    expect(checkHouse('server/features/calls/calls.ts', `${header}\nconst x = process.env.X;`)[0]).toMatchObject({ line: 3 });
  });
});
