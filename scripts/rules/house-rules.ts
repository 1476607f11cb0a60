/** How files are named and begun, and what none of them may hold. Pure: a path and a text in, the broken rules out, each with its reason. */
import { isPure, type Violation } from './import-rules.ts';

interface HouseRule {
  readonly applies: (file: string) => boolean;
  /** Where in the text the rule is broken; undefined where it is kept. */
  readonly find: (text: string, file: string) => number | undefined;
  readonly message: string;
}

const matchOf = (pattern: RegExp) => (text: string): number | undefined => pattern.exec(text)?.index;
const isSource = (file: string): boolean => /\.tsx?$/.test(file);
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);
const isServed = (file: string): boolean => /^(contract|server|web|sandbox)\//.test(file) && isSource(file) && !isTest(file);

export const houseRules: readonly HouseRule[] = [
  {
    applies: (file) => /(^|\/)(utils?|helpers?|common|misc|manager)(\.|-|\/)|-(utils?|helpers?|common|manager)\./.test(file),
    find: () => 0,
    message: 'is named for nothing: a file is called after what it owns, and whoever looks for that finds it.',
  },
  {
    applies: (file) => isSource(file) && file.endsWith('/index.ts'),
    find: (_text, file) => (/^(server\/features\/[\w-]+|server\/telephony|sandbox)\/index\.ts$/.test(file) ? undefined : 0),
    message: 'is a barrel: only the doors of features, of telephony and of the sandbox are index files; elsewhere a file is imported where it stands.',
  },
  {
    applies: (file) => isServed(file) && !file.endsWith('.d.ts'),
    find: (text) => (text.startsWith('/**') ? undefined : 0),
    message: 'does not open with a sentence that says what it owns and what it refuses.',
  },
  {
    applies: (file) => isServed(file) && file !== 'server/config.ts',
    find: matchOf(/process\.env\b/),
    message: 'reads the environment: server/config.ts does, so that every setting is documented and its mistakes are answered.',
  },
  {
    applies: isPure,
    find: matchOf(/\b(Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|crypto\.(getRandomValues|randomUUID)|set(Timeout|Interval)\()/),
    message: 'is pure and reads a clock or chance: both are arguments, so that a history can be replayed.',
  },
  {
    applies: isSource,
    // Written so that the rule does not find itself.
    find: matchOf(/\b(TO[D]O|FIX[M]E|X{3})\b/),
    message: 'holds a note to oneself: what is not done is an issue, not a comment.',
  },
  {
    applies: (file) => file.startsWith('server/telephony/sip/') && file !== 'server/telephony/sip/messages/outgoing-message.ts',
    find: matchOf(/\bas (?:unknown as )?OutgoingText\b/),
    message: 'calls a text outgoing: only messages/outgoing-message.ts does, which writes it from the allow-list.',
  },
  {
    applies: isSource,
    find: matchOf(/^\s*(export\s+)?(const\s+)?enum\s+\w/m),
    message: 'declares an enum: a union of words needs no code, and Node does not run enums.',
  },
  {
    applies: (file) => isTest(file),
    find: matchOf(/\b(vi|vitest)\.(mock|doMock)\(/),
    message: 'mocks a module: what has to be replaced in a test is an argument, or a real peer.',
  },
];

export function checkHouse(file: string, text: string): Violation[] {
  return houseRules.flatMap(({ applies, find, message }) => {
    const at = applies(file) ? find(text, file) : undefined;
    return at === undefined ? [] : [{ file, line: text.slice(0, at).split('\n').length, message }];
  });
}
