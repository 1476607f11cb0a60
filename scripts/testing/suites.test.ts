import { expect, test } from 'vitest';
import { arrange, suites } from './suites.ts';

const namesOf = (...chosen: string[]): string[][][] => arrange(({ name }) => chosen.includes(name)).map((stage) => stage.map((lane) => lane.map(({ name }) => name)));

test('what waits runs side by side, and the second engine follows the calls in their lane', () => {
  expect(namesOf('unit', 'net', 'peers', 'pages', 'calls', 'rtpengine')).toEqual([[['unit']], [['net'], ['peers']], [['pages'], ['calls', 'rtpengine']]]);
});

test('a suite whose neighbour was not chosen has the machine for itself', () => {
  expect(namesOf('peers')).toEqual([[['peers']]]);
  expect(namesOf('peers', 'calls', 'rtpengine')).toEqual([[['peers']], [['calls', 'rtpengine']]]);
});

test('every suite that is there runs once', () => {
  expect(arrange(() => true).flat(2)).toEqual(suites);
});
