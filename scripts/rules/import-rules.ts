/** Who may import whom, and why. Pure: a file's path and text in, the broken rules out, each with its reason. */

export interface Violation {
  readonly file: string;
  readonly line: number;
  /** What was done, and why it may not be. */
  readonly message: string;
}

/** The features from the ground up: each may enter the doors of those before it. News in the other direction travels as events that main wires. */
export const featureOrder = ['audit', 'members', 'plan', 'lines', 'incoming-calls', 'availability', 'contacts', 'sandbox-directory', 'oversight', 'spoken-messages', 'own-phones', 'interpreters', 'calls', 'call-log', 'voicemail', 'notes', 'reach', 'handouts', 'insights'] as const;

/** SIP's layers as RFC 3261 stacks them; each imports only those before it. */
export const sipLayers = ['messages', 'transport', 'transactions', 'dialogs', 'agent', 'carrier'] as const;

/** What everything may import, since it is the language of refusals and imports nothing itself. */
const RESULT = 'contract/result.ts';

/** How the page's speech and the engine's go between them: pure, and the same at both ends. */
const SPEECH = ['contract/red-codec.ts', 'contract/speech-codec-policy.ts'];

const SOCKETS = ['node:dgram', 'node:net', 'node:tls', 'node:http', 'node:https', 'node:http2'];

const CONTRACT_PACKAGES = ['zod', '@orpc/contract'];

export interface Import {
  /** As written. */
  readonly specifier: string;
  readonly line: number;
}

/** Every static and dynamic import and re-export of a source text. Comments are blanked first, so that an example in one is no import. */
export function readImports(text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
  const statement = /(?<![\w.$])(?:(?:import|export)\s+(?:type\s+)?[\w*{}\s,$]+?\s*from\s*|import\s*\(\s*|import\s+)(['"])([^'"\n]+)\1/g;
  return [...code.matchAll(statement)].map((match) => ({ specifier: match[2]!, line: code.slice(0, match.index).split('\n').length + (/^\s*/.exec(match[0])?.[0].split('\n').length ?? 1) - 1 }));
}

/** Where an import leads: a path from the checkout's root, or a package's name. */
export function resolveImport(file: string, specifier: string): { path: string } | { package: string } {
  if (specifier.startsWith('#')) return { path: specifier.slice(1) };
  if (specifier.startsWith('.')) {
    const parts = file.split('/').slice(0, -1);
    for (const part of specifier.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    return { path: parts.join('/') };
  }
  const words = specifier.split('/');
  return { package: specifier.startsWith('@') ? words.slice(0, 2).join('/') : words[0]! };
}

export function checkImports(file: string, text: string): Violation[] {
  return readImports(text).flatMap(({ specifier, line }) => {
    const target = resolveImport(file, specifier);
    const message = 'package' in target ? (checkSockets(file, target.package, text, specifier) ?? checkPackage(file, target.package)) : (checkRoom(file, target.path) ?? checkWayOfWriting(file, target.path, specifier));
    return message === undefined ? [] : [{ file, line, message: `imports ${specifier}: ${message}` }];
  });
}

/** What leaves by SIP leaves through transport/, which takes only what messages/outgoing-message.ts made: no other file of the stack may hold a socket to send by. */
function checkSockets(file: string, name: string, text: string, specifier: string): string | undefined {
  if (isTest(file) || !file.startsWith('server/telephony/sip/') || file.startsWith('server/telephony/sip/transport/') || !SOCKETS.includes(name)) return undefined;
  // Telling an address from a name needs no socket.
  if (name === 'node:net' && !text.replaceAll(/import (type )?\{ isIP \} from 'node:net';/g, '').includes(`'${specifier}'`)) return undefined;
  return 'only transport/ holds sockets, and takes nothing but OutgoingText: else a message could leave that the allow-list never saw.';
}

function checkPackage(file: string, name: string): string | undefined {
  if (isTest(file)) return undefined;
  const room = roomOf(file);
  if (room === 'contract' && !CONTRACT_PACKAGES.includes(name)) return `contract imports ${CONTRACT_PACKAGES.join(' and ')} only, since it runs in the browser and on the server, and every reader of the API reads it.`;
  if (isPure(file) && (name.startsWith('node:') || ['ws', 'pg', 'kysely', 'fastify', 'pino'].includes(name))) return 'a machine, a policy or a codec is pure: what it needs of the world comes in as an argument, and what it wants done goes out as data.';
  if (room === 'web' && name.startsWith('node:')) return 'the page runs in a browser.';
  if (!['platform', 'free'].includes(room) && ['pg', 'pino', 'fastify', 'prom-client'].includes(name)) return `only platform knows ${name}; the rest of the house sees the door it makes of it.`;
  if (room === 'telephony' && ['kysely', 'zod'].includes(name)) return 'telephony knows SIP, RTP, SDP and ICE; it knows no database and no API.';
  return undefined;
}

function checkRoom(file: string, target: string): string | undefined {
  const from = roomOf(file);
  const to = roomOf(target);
  if (target === 'server/main.ts') return 'nobody imports main: it wires everything, and would bring everything along.';
  if (target === RESULT || isSameRoom(file, target)) return from === 'telephony' ? checkTelephonyLayers(file, target) : undefined;
  if (isTest(file) && to === 'platform') return undefined;
  switch (from) {
    case 'contract':
      return 'contract imports nothing of the house: it is what both sides agree on.';
    case 'web':
      return to === 'contract' ? undefined : 'the page knows the server by its contract alone, so that either can be changed behind it.';
    case 'platform':
      return 'platform knows nothing of what it carries; of the contract it knows refusals only.';
    case 'telephony':
      return SPEECH.includes(target) || /^server\/platform\/(clock|logging)\//.test(target) ? undefined : "telephony knows SIP and media and no physician: of the platform it uses the clock's and the log's types only.";
    case 'features':
      if (to === 'contract' || to === 'platform') return undefined;
      if (to === 'telephony') return target === 'server/telephony/index.ts' || isTest(file) ? undefined : "a feature enters telephony by its door, server/telephony/index.ts, so that what stands behind it can be rebuilt.";
      if (to === 'features') return checkFeatures(file, target);
      return 'a feature imports contract, platform, doors, and nothing else of the house.';
    case 'sandbox':
      if (to === 'contract' || target === 'server/telephony/index.ts' || /^server\/platform\/(clock|logging)\//.test(target) || isTest(file)) return undefined;
      return "the sandbox is at the other end of the wire: it uses telephony's door, and never the rules it is called by.";
    case 'main':
    case 'free':
      return undefined;
  }
}

function checkFeatures(file: string, target: string): string | undefined {
  const [from, to] = [featureOf(file), featureOf(target)];
  if (!target.endsWith('/index.ts') && !isTest(file)) return `a feature is entered by its door, server/features/${to}/index.ts, so that its inside stays its own.`;
  const [fromAt, toAt] = [featureOrder.indexOf(from as never), featureOrder.indexOf(to as never)];
  if (fromAt === -1 || toAt === -1) return `the feature ${fromAt === -1 ? from : to} has no place in featureOrder (scripts/rules/import-rules.ts) yet.`;
  return toAt < fromAt ? undefined : `${from} stands below ${to}: imports go down only, and news goes up as events that main wires. Otherwise the two become one.`;
}

function checkTelephonyLayers(file: string, target: string): string | undefined {
  const [, fromSide, fromLayer] = file.split('/').slice(1);
  const [, toSide, toLayer] = target.split('/').slice(1);
  if (target === RESULT || isTest(file)) return undefined;
  if (file.endsWith('telephony/index.ts') || fromSide === undefined || toSide === undefined) return undefined;
  if (fromSide !== toSide && ['sip', 'media'].includes(fromSide) && ['sip', 'media'].includes(toSide)) return 'signalling and media do not know one another: session descriptions pass between them as text, through the call that owns both.';
  const [fromAt, toAt] = [sipLayers.indexOf(fromLayer as never), sipLayers.indexOf(toLayer as never)];
  if (fromSide !== 'sip' || fromAt === -1 || toAt === -1) return undefined;
  return toAt <= fromAt ? undefined : `${fromLayer} stands below ${toLayer} (RFC 3261 5): each layer imports only those beneath it.`;
}

function checkWayOfWriting(file: string, target: string, specifier: string): string | undefined {
  if (!/\.(ts|tsx|css|json|svg|wav|woff2)(\?\w+)?$/.test(target)) return 'an import names the file with its ending, as Node and the browser need it.';
  if (specifier.startsWith('.') && topOf(file) !== topOf(target) && ['contract', 'server'].includes(topOf(target))) return `another root is imported as #${target}, so that a file can be moved without rewriting its imports.`;
  return undefined;
}

type Room = 'contract' | 'web' | 'platform' | 'telephony' | 'features' | 'sandbox' | 'main' | 'free';

function roomOf(path: string): Room {
  if (path.endsWith('.config.ts')) return 'free';
  if (path.startsWith('server/')) {
    const inner = path.split('/')[1]!;
    return inner === 'platform' || inner === 'telephony' || inner === 'features' ? inner : 'main';
  }
  const top = topOf(path);
  return top === 'contract' || top === 'web' || top === 'sandbox' ? top : 'free';
}

function isSameRoom(file: string, target: string): boolean {
  if (roomOf(file) !== roomOf(target)) return false;
  return roomOf(file) !== 'features' || featureOf(file) === featureOf(target);
}

const topOf = (path: string): string => path.split('/')[0]!;
const featureOf = (path: string): string => path.split('/')[2]!;
const isTest = (path: string): boolean => /\.test\.tsx?$|\/test-[\w-]+\.ts$/.test(path);
export const isPure = (path: string): boolean => !isTest(path) && (path.startsWith('contract/') || /-(machine|policy|codec)\.ts$/.test(path));
