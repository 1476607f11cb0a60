import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dictionariesAt, dictionaryAt, numberAt, readNg, textAt, writeNg, type NgDictionary, type NgValue } from './ng-codec.ts';

const octets = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((octet) => String.fromCharCode(octet)), maxLength: 40 });
const { value: values } = fc.letrec<{ value: NgValue; dictionary: NgDictionary }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, octets, fc.integer(), fc.array(tie('value'), { maxLength: 4 }), tie('dictionary')),
  dictionary: fc.dictionary(octets.filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 4 }),
}));
const dictionaries = fc.dictionary(fc.string({ unit: 'grapheme-ascii', maxLength: 12 }).filter((key) => key !== '__proto__'), values, { maxKeys: 5 });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the ng protocol', () => {
  it('writes a ping, and reads a pong, as the protocol’s own example has them', () => {
    expect(writeNg({ cookie: '5323_1', content: { command: 'ping' } })).toBe('5323_1 d7:command4:pinge');
    expect(plain(readNg('5323_1 d6:result4:ponge'))).toEqual({ cookie: '5323_1', content: { result: 'pong' } });
  });

  it('reads whatever it writes', () => {
    fc.assert(
      fc.property(dictionaries, (content) => {
        expect(plain(readNg(writeNg({ cookie: 'c', content })))).toEqual(plain({ cookie: 'c', content }));
      }),
    );
  });

  it('reads no message that was cut or lengthened', () => {
    fc.assert(
      fc.property(dictionaries, fc.nat(), (content, at) => {
        const whole = writeNg({ cookie: 'c', content });
        expect(readNg(whole.slice(0, at % whole.length))).toBeUndefined();
        expect(readNg(`${whole}e`)).toBeUndefined();
      }),
    );
  });

  it('answers any octets with a message or with nothing, at once', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('d', 'l', 'i', 'e', ':', '-', ' ', '1', '9', 'x'), maxLength: 200 }), (text) => void readNg(`c ${text}`)), { numRuns: 2000 });
    expect(readNg(`c ${'l'.repeat(60_000)}`)).toBeUndefined();
  });

  it('gives a key no meaning of its own', () => {
    const read = readNg('c d9:__proto__d5:admini1eee');
    expect((read!.content as { admin?: unknown }).admin).toBeUndefined();
  });

  it('finds what is of the kind that was asked for, and nothing else', () => {
    const content: NgDictionary = { text: 'a', number: 7, list: [{ a: 'b' }, 'x'], inner: { b: 'c' } };
    expect([textAt(content, 'text'), textAt(content, 'number'), numberAt(content, 'number'), numberAt(content, 'none')]).toEqual(['a', undefined, 7, undefined]);
    expect([dictionaryAt(content, 'inner'), dictionaryAt(content, 'list'), dictionariesAt(content, 'list'), dictionariesAt(content, 'text')]).toEqual([{ b: 'c' }, undefined, [{ a: 'b' }], []]);
  });
});
