import { describe, expect, it } from 'vitest';
import { createRelays, type FetchRelays } from './relays.ts';

const relay = (username: string) => ({ urls: ['turn:turn.example.org'], username, credential: 'c' });
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

function build(answers: (() => ReturnType<FetchRelays>)[]) {
  let nowMs = 0;
  let asked = 0;
  const relays = createRelays(() => answers[asked++]!(), () => nowMs);
  return { relays, asked: () => asked, pass: (ms: number) => (nowMs += ms) };
}

describe('the page’s relays', () => {
  it('are asked for once, and again in the second half of their life', async () => {
    const page = build([async () => ({ relays: [relay('one')], goodForMs: 1000 }), async () => ({ relays: [relay('two')], goodForMs: 1000 })]);
    page.relays.renew();
    page.relays.renew();
    await settled();
    page.pass(499);
    page.relays.renew();
    expect([page.asked(), page.relays.current()[0]?.username]).toEqual([1, 'one']);
    page.pass(1);
    page.relays.renew();
    await settled();
    expect([page.asked(), page.relays.current()[0]?.username]).toEqual([2, 'two']);
  });

  it('keep the old ones where the server is away, and ask again after a while', async () => {
    const page = build([async () => ({ relays: [relay('one')], goodForMs: 1000 }), () => Promise.reject(new Error('away')), async () => ({ relays: [relay('two')], goodForMs: 1000 })]);
    page.relays.renew();
    await settled();
    page.pass(600);
    page.relays.renew();
    await settled();
    page.relays.renew();
    expect([page.asked(), page.relays.current()[0]?.username]).toEqual([2, 'one']);
    page.pass(10_000);
    page.relays.renew();
    await settled();
    expect(page.relays.current()[0]?.username).toBe('two');
  });
});
